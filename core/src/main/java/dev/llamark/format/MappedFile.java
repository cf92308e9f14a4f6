package dev.llamark.format;

import dev.llamark.run.InputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A file mapped read-only into memory, of any size; all threads may read it until it is closed. */
public final class MappedFile implements AutoCloseable {

  private final Path path;
  private final MemorySegment bytes;
  private final Arena arena;

  private MappedFile(Path path, MemorySegment bytes, Arena arena) {
    this.path = path;
    this.bytes = bytes;
    this.arena = arena;
  }

  /**
   * Maps a file.
   *
   * @throws InputException where there is none, or it cannot be read
   */
  public static MappedFile open(Path path) {
    if (!Files.exists(path)) {
      throw new InputException(path + ": no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new InputException(path + ": expected a regular file");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new MappedFile(path, bytes, arena);
    } catch (IOException e) {
      arena.close();
      throw unreadable(path, e);
    }
  }

  /**
   * Maps a part of a file for as long as the arena lives.
   *
   * @throws InputException if it cannot be read, or has become shorter
   */
  static MemorySegment map(FileRange range, Arena arena) {
    try (FileChannel channel = FileChannel.open(range.file(), StandardOpenOption.READ)) {
      long end = range.offset() + range.length();
      if (channel.size() < end) {
        throw new InputException(
            "%s: must have %d bytes, as when it was opened, but has %d"
                .formatted(range.file(), end, channel.size()));
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, range.offset(), range.length(), arena);
    } catch (IOException e) {
      throw unreadable(range.file(), e);
    }
  }

  private static InputException unreadable(Path path, IOException e) {
    String reason = e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
    return new InputException(path + ": cannot be read: " + reason, e);
  }

  /** Bytes already in memory that stand for a file of this name; closing does nothing. */
  public static MappedFile of(Path path, byte[] bytes) {
    return new MappedFile(path, MemorySegment.ofArray(bytes).asReadOnly(), null);
  }

  /** The file's path, as it was given. */
  public Path path() {
    return path;
  }

  /** All bytes of the file. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** Size of the file in bytes. */
  public long size() {
    return bytes.byteSize();
  }

  /** Where in this file {@code slice} lies, if it is a slice of its mapping. */
  public Optional<FileRange> locate(MemorySegment slice) {
    boolean within =
        slice.isNative()
            && bytes.isNative()
            && slice.address() >= bytes.address()
            && slice.address() + slice.byteSize() <= bytes.address() + bytes.byteSize();
    return within
        ? Optional.of(new FileRange(path, slice.address() - bytes.address(), slice.byteSize()))
        : Optional.empty();
  }

  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }
}
