package dev.llamark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class EnvironmentTest {

  @Test
  void tellsJdkFlagsCoresAndSeedEverywhere() {
    Environment env = Environment.collect(7);
    assertThat(env.jdk()).startsWith(System.getProperty("java.specification.version"));
    assertThat(env.flags()).contains("--add-modules=jdk.incubator.vector");
    assertThat(env.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(env.seed()).isEqualTo(7);
    assertThat(env.time()).endsWith("Z");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void tellsLoadAndStolenTimeOnLinux() {
    Environment env = Environment.collect(7);
    assertThat(env.load()).isNotNegative();
    assertThat(env.stolenS()).isNotNegative();
  }

  @Test
  void processorThatHasNoNameIsToldByItsNumbers() {
    List<String> arm = List.of("CPU implementer\t: 0x41", "CPU part\t: 0xd4f", "CPU part\t: 0xd4f");
    assertThat(Environment.cpu(arm)).contains("ARM implementer 0x41, part 0xd4f");
    assertThat(Environment.cpu(List.of("model name\t: AMD EPYC"))).contains("AMD EPYC");
    assertThat(Environment.cpu(List.of())).isEmpty();
  }

  @Test
  void aForkHasTheFlagsOfItsParentAndItsOwn() {
    Environment env = Environment.collect(7);
    Environment fork = env.forked(List.of("-Dmine=1"));
    assertThat(fork.flags()).containsAll(env.flags()).endsWith("-Dmine=1");
    assertThat(fork.jdk()).isEqualTo(env.jdk());
  }

  @Test
  void refreshedKeepsTheMachineAndTheSeed() {
    Environment env = Environment.collect(7);
    Environment later = env.refreshed();
    assertThat(later.revision()).isEqualTo(env.revision());
    assertThat(later.cpu()).isEqualTo(env.cpu());
    assertThat(later.seed()).isEqualTo(7);
    assertThat(later.time()).isGreaterThanOrEqualTo(env.time());
  }
}
