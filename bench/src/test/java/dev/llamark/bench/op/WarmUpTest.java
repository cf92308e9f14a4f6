package dev.llamark.bench.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarmUpTest {

  private final String before = System.getProperty(WarmUp.LEAST, "1");

  @BeforeEach
  void warmUpForAMoment() {
    System.setProperty(WarmUp.LEAST, "20");
  }

  @AfterEach
  void restore() {
    System.setProperty(WarmUp.LEAST, before);
  }

  private static String said(Supplier<?> body, LongSupplier compilers) {
    PrintStream out = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(said, true));
      WarmUp.run(body, compilers);
    } finally {
      System.setOut(out);
    }
    return said.toString();
  }

  private static Object sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return millis;
  }

  @Test
  void aLongCallIsAWindowByItself() {
    int[] calls = {0};
    String said =
        said(
            () -> {
              calls[0]++;
              return sleep(160);
            },
            () -> 7);
    assertThat(WarmUp.wasCut(said)).as(said).isFalse();
    assertThat(calls[0]).isLessThanOrEqualTo(2);
  }

  @Test
  void compilersThatAreNeverIdleCutItShort() {
    assertThat(WarmUp.wasCut(said(() -> 1, System::nanoTime))).isTrue();
  }

  @Test
  void idleCompilersEndItWithoutAWord() {
    assertThat(said(() -> 1, () -> 7)).isEmpty();
  }
}
