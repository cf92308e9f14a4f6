package dev.llamark.bench.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarmUpTest {

  private final String before = System.getProperty(WarmUp.LEAST, "");

  @BeforeEach
  void beShort() {
    System.setProperty(WarmUp.LEAST, "20");
  }

  @AfterEach
  void restore() {
    System.setProperty(WarmUp.LEAST, before);
  }

  private static String printed(LongSupplier busyNanos) {
    PrintStream usual = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      WarmUp.run(() -> 1, busyNanos);
    } finally {
      System.setOut(usual);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void warmUpThatIsCutOffWhileCompilersAreAtWorkSaysSo() {
    assertThat(WarmUp.cutOff(printed(System::nanoTime))).isTrue();
  }

  @Test
  void warmUpThatEndsWithIdleCompilersSaysNothing() {
    assertThat(printed(() -> 7)).isEmpty();
  }
}
