package dev.llamark.text;

import java.util.Arrays;

/** A growing list of token ids. */
final class IntList {

  private int[] values = new int[16];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  void addAll(Iterable<Integer> more) {
    more.forEach(this::add);
  }

  int size() {
    return size;
  }

  int last() {
    return values[size - 1];
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
