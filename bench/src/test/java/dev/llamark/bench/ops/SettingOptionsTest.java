package dev.llamark.bench.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.run.InputException;
import dev.llamark.verify.VariantOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SettingOptionsTest {

  private static SettingOptions parse(String... args) {
    SettingOptions options = new SettingOptions();
    new CommandLine(options).parseArgs(args);
    return options;
  }

  private static List<Setting> both(String a, String b, String... main) {
    VariantOptions variants = new VariantOptions();
    new CommandLine(variants).parseArgs(main);
    return parse("--a", a, "--b", b).both(variants, new TimingOptions(), 42);
  }

  @Test
  void wordsAreSplitAtBlanksThatNoQuotesEnclose() {
    assertThat(SettingOptions.words(" --jvm-args '-Xint -Xms1g'  -t \"2\" "))
        .containsExactly("--jvm-args", "-Xint -Xms1g", "-t", "2");
  }

  @Test
  void whatASettingDoesNotSayIsTheCommandLines() {
    List<Setting> settings =
        both("", "--jvm-args '-Xint -Xms1g' --kernels vector", "--kernels", "scalar", "-t", "1");
    assertThat(settings).extracting(Setting::threads).containsExactly(List.of(1), List.of(1));
    assertThat(settings)
        .extracting(s -> s.entrants().getFirst().id())
        .containsExactly("scalar", "vector");
    assertThat(settings.getLast().jvmArgs()).containsExactly("-Xint", "-Xms1g");
    assertThat(settings.getLast().forkArgs()).contains("-Xint", "-Xms1g");
    assertThat(settings.getFirst().forkArgs()).doesNotContain("-Xint");
  }

  @Test
  void widthIsTheSettingsAloneAndOfItsForks() {
    List<Setting> settings = both("", "--vector-bits 128", "--kernels", "vector", "-t", "1");
    assertThat(settings.getLast().entrants().getFirst().title()).isEqualTo("vector@128");
    assertThat(settings.getLast().forkArgs()).contains("-Dllamark.vector.bits=128");
    assertThat(settings.getFirst().forkArgs()).doesNotContain("-Dllamark.vector.bits=128");
  }

  @Test
  void flagsThatNarrowVectorsNeedTheWidth() {
    String flag = "--jvm-args -XX:UseAVX=1";
    assertThatThrownBy(() -> both("", flag, "--kernels", "vector"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "--jvm-args -XX:UseAVX=1 may change how wide vectors are, in the forks alone; say with"
                + " --vector-bits how wide they are then");
    assertThatThrownBy(() -> both("", "--jvm-args -Dllamark.vector.bits=128"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--vector-bits sets it everywhere");
    Setting narrow = both("", flag + " --vector-bits 128", "--kernels", "vector").getLast();
    assertThat(narrow.entrants().getFirst().title()).isEqualTo("vector@128");
    assertThat(narrow.forkArgs()).contains("-XX:UseAVX=1", "-Dllamark.vector.bits=128");
  }

  @Test
  void settingsMustHaveAsManyVariants() {
    assertThatThrownBy(() -> both("--kernels scalar,vector", "--kernels scalar"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("as many variants")
        .hasMessageContaining("A has [scalar, vector] and B has [scalar]");
  }

  @Test
  void oneSettingAloneIsRefused() {
    assertThatThrownBy(parse("--a", "-t 1")::given).hasMessageContaining("given together");
    assertThat(parse().given()).isFalse();
  }

  @Test
  void unknownOptionNamesItsSetting() {
    assertThatThrownBy(() -> both("", "--colour red"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--b: ")
        .hasMessageContaining("--colour");
  }

  @Test
  void jdkMustBeThereAndNewEnough(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> Jdk.in(folder)).hasMessageContaining("no bin/java");
    Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
    assertThat(Files.createFile(java).toFile().setExecutable(true)).isTrue();
    Files.writeString(java, "#!/bin/sh\necho nothing\n");
    assertThatThrownBy(() -> Jdk.in(folder)).hasMessageContaining("does not say its java.runtime");
    Files.writeString(java, "#!/bin/sh\necho '    java.runtime.version = 17.0.15+6'\n");
    assertThatThrownBy(() -> Jdk.in(folder)).hasMessageContaining("17.0.15");
  }

  @Test
  void jdkIsAskedForItsVersionAndItsMachine() {
    Jdk own = Jdk.in(Path.of(System.getProperty("java.home")));
    assertThat(own.version()).isEqualTo(Runtime.version().toString());
    assertThat(own.vm()).isEqualTo(System.getProperty("java.vm.name"));
  }
}
