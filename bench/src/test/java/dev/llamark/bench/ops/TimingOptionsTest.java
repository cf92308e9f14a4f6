package dev.llamark.bench.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class TimingOptionsTest {

  private static TimingOptions parse(String... args) {
    TimingOptions options = new TimingOptions();
    new CommandLine(options).parseArgs(args);
    return options;
  }

  @ParameterizedTest
  @CsvSource({"90s, 90", "5m, 300", "2h, 7200", "1.5m, 90", "1h30m, 5400", "1h0m5s, 3605"})
  void timeHasItsUnits(String text, int seconds) {
    assertThat(parse("--budget", text).budget()).isEqualTo(Duration.ofSeconds(seconds));
    assertThat(parse("--fork-limit", text).opTiming().limit())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2d", "2f", "0x1p3s", "90", "1e3s", "NaN", "m", "5m2h", "-5m", "0s", "5 m", ""})
  void whatIsNoTimeIsRefused(String text) {
    for (String option : new String[] {"--budget", "--fork-limit"}) {
      assertThatThrownBy(() -> parse(option + "=" + text))
          .isInstanceOf(ParameterException.class)
          .hasMessageContaining(option)
          .hasMessageContaining("must be a time such as 90s, 5m, 2h or 1h30m, but is '%s'", text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"8761h", "9999999999999999999h"})
  void timeOfMoreThanAYearIsRefused(String text) {
    assertThat(parse("--budget", "8760h").budget()).isEqualTo(Duration.ofDays(365));
    assertThatThrownBy(() -> parse("--budget", text))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("must be at most 365 days, but is '%s'", text);
  }

  @Test
  void aNumberOfForksThatIsNoneIsNamedAsItWasGiven() {
    assertThatThrownBy(() -> parse("--forks", "0").rule()).hasMessageStartingWith("--forks must");
    assertThatThrownBy(() -> parse().rule(0)).hasMessageStartingWith("-r must be at least 1");
  }

  @ParameterizedTest
  @CsvSource({"2%, 0.02", "0.5%, 0.005", "10 %, 0.1"})
  void precisionIsAShare(String text, double share) {
    assertThat(parse("--precision", text).rule().precision()).isEqualTo(share);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "0.02", "2d%", "-2%", "%", "NaN%", "0%", "two"})
  void precisionThatIsNoShareIsRefused(String text) {
    assertThatThrownBy(() -> parse("--precision=" + text).rule())
        .hasMessageContaining("--precision");
  }
}
