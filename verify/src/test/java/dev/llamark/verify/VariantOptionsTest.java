package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class VariantOptionsTest {

  @Test
  void aNumberOfThreadsThatIsNamedTwiceRunsOnce() {
    VariantOptions options = new VariantOptions();
    new CommandLine(options).parseArgs("-t", "2,1,2");
    assertThat(options.threads()).containsExactly(2, 1);
  }
}
