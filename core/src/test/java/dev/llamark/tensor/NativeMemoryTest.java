package dev.llamark.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeMemoryTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 13, 5_000_001})
  void memory_is_zero_aligned_writable_and_ends_with_its_arena(long bytes) {
    MemorySegment memory;
    try (Arena arena = Arena.ofShared()) {
      memory = NativeMemory.allocate(bytes, 64, arena);
      assertThat(memory.byteSize()).isEqualTo(bytes);
      assertThat(memory.address() % 64).isZero();
      MemorySegment zeros = MemorySegment.ofArray(new byte[(int) bytes]);
      assertThat(memory.mismatch(zeros)).isEqualTo(-1);
      memory.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 7);
      assertThat(memory.mismatch(zeros)).isEqualTo(bytes - 1);
    }
    assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void memory_that_was_given_back_dirty_comes_again_as_zeros() {
    for (int round = 0; round < 4; round++) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment memory = NativeMemory.allocate(3 << 20, 64, arena);
        assertThat(memory.mismatch(MemorySegment.ofArray(new byte[3 << 20]))).isEqualTo(-1);
        memory.fill((byte) 1);
      }
    }
  }

  @Test
  void more_than_there_is_is_refused() {
    try (Arena arena = Arena.ofShared()) {
      assertThatThrownBy(() -> NativeMemory.allocate(1L << 60, 64, arena))
          .isInstanceOf(OutOfMemoryError.class)
          .hasMessageContaining(String.valueOf(1L << 60));
    }
  }
}
