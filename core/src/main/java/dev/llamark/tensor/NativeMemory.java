package dev.llamark.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Zeros outside the heap. Large blocks come from the C library's {@code calloc}, which takes them
 * from the system as they are: an arena would write every zero itself, on one thread, and so touch
 * all pages before the threads that fill them do.
 */
public final class NativeMemory {

  /** Below it, looking the C functions up would cost more than writing zeros. */
  private static final long LARGE_BYTES = 1L << 20;

  private NativeMemory() {}

  /**
   * Memory of zeros that lives as long as the arena.
   *
   * @param alignment of its address in bytes, a power of two
   * @throws OutOfMemoryError if the system has no more
   */
  public static MemorySegment allocate(long bytes, long alignment, Arena arena) {
    return bytes < LARGE_BYTES || !CLibrary.USABLE
        ? arena.allocate(bytes, alignment)
        : CLibrary.allocate(bytes, alignment, arena);
  }

  /** Linked when the first large block is asked for. */
  @SuppressWarnings("restricted") // calloc's blocks have the size that was asked for
  private static final class CLibrary {

    private static final MethodHandle CALLOC =
        find(
            "calloc",
            FunctionDescriptor.of(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE =
        find("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    /** Bytes of all blocks that are not freed. */
    private static final AtomicLong TAKEN = new AtomicLong();

    static final boolean USABLE =
        CALLOC != null && FREE != null && ValueLayout.ADDRESS.byteSize() == Long.BYTES;

    private static MethodHandle find(String name, FunctionDescriptor type) {
      Linker linker = Linker.nativeLinker();
      return linker
          .defaultLookup()
          .find(name)
          .map(f -> linker.downcallHandle(f, type))
          .orElse(null);
    }

    static MemorySegment allocate(long bytes, long alignment, Arena arena) {
      long whole = Math.addExact(bytes, alignment);
      if (TAKEN.get() + whole > Runtime.getRuntime().maxMemory()) {
        // frees what arenas hold that nobody can reach, as the JDK does for its buffers
        System.gc();
      }
      MemorySegment block = calloc(whole);
      if (block.address() == 0) {
        throw new OutOfMemoryError("the system has no " + bytes + " bytes of memory left");
      }
      TAKEN.addAndGet(whole);
      MemorySegment owned;
      try {
        owned = block.reinterpret(whole, arena, freed -> free(freed, whole));
      } catch (RuntimeException e) { // the arena is closed, or another thread's
        free(block, whole);
        throw e;
      }
      return owned.asSlice(-block.address() & alignment - 1, bytes);
    }

    private static MemorySegment calloc(long bytes) {
      try {
        return (MemorySegment) CALLOC.invokeExact(1L, bytes);
      } catch (Throwable t) {
        throw new IllegalStateException(t);
      }
    }

    private static void free(MemorySegment block, long bytes) {
      try {
        FREE.invokeExact(block);
        TAKEN.addAndGet(-bytes);
      } catch (Throwable t) {
        throw new IllegalStateException(t);
      }
    }
  }
}
