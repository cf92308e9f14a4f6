package dev.llamark.bench.ops;

import dev.llamark.run.InputException;
import dev.llamark.run.OpRecord;
import dev.llamark.verify.VariantOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Two settings of the same variants: {@code --a 'OPTIONS' --b 'OPTIONS'}. */
final class SettingOptions {

  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

  @Option(
      names = "--a",
      paramLabel = "OPTIONS",
      description =
          "Compare two settings of the same variants: A under these options and B under those of"
              + " --b. Any of --jvm-args, --vector-bits, --variants, --kernels, --jdk DIR, -t.")
  private String a;

  @Option(names = "--b", paramLabel = "OPTIONS", description = "See --a.")
  private String b;

  /** What a setting may say; the rest is that of the command line. */
  private static final class Options {
    @Mixin private VariantOptions variants;

    @Option(names = "--jvm-args")
    private String jvmArgs = "";

    @Option(names = "--jdk")
    private Path jdk;
  }

  /** Whether two settings are to be compared. */
  boolean given() {
    if ((a == null) != (b == null)) {
      throw new InputException("--a and --b must be given together; one may be empty: --a ''");
    }
    return a != null;
  }

  /** Setting A and setting B, of as many variants each. */
  List<Setting> both(VariantOptions variants, TimingOptions timing, long seed) {
    Setting first = setting("A", a, variants, timing, seed);
    Setting second = setting("B", b, variants, timing, seed);
    requireAsMany("variants", ids(first), ids(second));
    requireAsMany("numbers of threads", first.threads(), second.threads());
    return List.of(first, second);
  }

  private static List<String> ids(Setting setting) {
    return setting.entrants().stream().map(Setting.Entrant::id).toList();
  }

  private static void requireAsMany(String what, List<?> first, List<?> second) {
    if (first.size() != second.size()) {
      throw new InputException(
          "--a and --b must name as many %s, but A has %s and B has %s"
              .formatted(what, first, second));
    }
  }

  private static Setting setting(
      String name, String text, VariantOptions variants, TimingOptions timing, long seed) {
    Options options = new Options();
    try {
      new CommandLine(options).parseArgs(words(text).toArray(String[]::new));
    } catch (ParameterException e) {
      throw new InputException("--%s: %s".formatted(name.toLowerCase(), e.getMessage()), e);
    }
    return Setting.of(
        options.variants.withDefaults(variants),
        timing,
        seed,
        words(options.jvmArgs),
        Optional.ofNullable(options.jdk).map(Jdk::in),
        Optional.of(new OpRecord.Setting(name, text.strip())));
  }

  /** Splits at blanks that no quotes enclose. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      words.add(word.group(1) != null ? word.group(1) : word.group(word.group(2) != null ? 2 : 3));
    }
    return words;
  }
}
