package dev.llamark.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a text is split into words before bytes are merged; merges never cross words.
 *
 * <p>Each stage is a regular expression that splits every word of the stage before into its matches
 * and what lies between them. The expressions are written as {@code tokenizer.json} files write
 * them; {@code \s} is Unicode's White_Space, as in their own engines, and a look-ahead sees no
 * further than the word that is being split.
 */
enum WordSplit {
  GPT2(false, Names.of("gpt-2"), Regex.GPT2),
  LLAMA3(
      true,
      Names.of("llama-bpe", "llama3", "llama-v3", "llama-3"),
      Regex.CONTRACTION + "|" + Regex.WORD + "|\\p{N}{1,3}|" + Regex.OTHER + Regex.SPACES),
  QWEN2(
      false,
      Names.of("qwen2", "deepseek-r1-qwen"),
      Regex.CONTRACTION + "|" + Regex.WORD + "|\\p{N}|" + Regex.OTHER + Regex.SPACES),
  SMOLLM(false, Names.of("smollm"), "\\p{N}", Regex.GPT2),
  GPT4O(
      false,
      Names.of("gpt-4o"),
      Regex.MARKED
          + Regex.UPPER
          + "*"
          + Regex.LOWER
          + "+"
          + Regex.CONTRACTION
          + "?|"
          + Regex.MARKED
          + Regex.UPPER
          + "+"
          + Regex.LOWER
          + "*"
          + Regex.CONTRACTION
          + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
          + Regex.SPACES),
  TEKKEN(
      true,
      Names.of("tekken"),
      Regex.MARKED
          + Regex.UPPER
          + "*"
          + Regex.LOWER
          + "+|"
          + Regex.MARKED
          + Regex.UPPER
          + "+"
          + Regex.LOWER
          + "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
          + Regex.SPACES),
  /** What llama.cpp calls default. */
  PLAIN(
      false,
      Names.of("default"),
      "[\\p{P}\\$\\+<=>\\^~\\|]+",
      Regex.GPT2,
      "\\p{N}+",
      "[0-9][0-9][0-9]");

  /** Expressions that several splits share. */
  private static final class Regex {
    static final String GPT2 =
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    static final String MARKED = "[^\\r\\n\\p{L}\\p{N}]?";
    static final String WORD = MARKED + "\\p{L}+";
    static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    static final String OTHER = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";
    static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private Regex() {}
  }

  /** The names that {@code tokenizer.ggml.pre} gives to a split. */
  private record Names(List<String> names) {
    static Names of(String... names) {
      return new Names(List.of(names));
    }
  }

  private final boolean wholeWords;
  private final List<String> names;
  private final List<String> expressions;
  private volatile List<Pattern> stages; // compiled at first use: a process needs one split

  WordSplit(boolean wholeWords, Names names, String... expressions) {
    this.wholeWords = wholeWords;
    this.names = names.names();
    this.expressions = List.of(expressions);
  }

  private List<Pattern> stages() {
    if (stages == null) {
      stages =
          expressions.stream()
              .map(expression -> Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS))
              .toList();
    }
    return stages;
  }

  /** The split that {@code tokenizer.ggml.pre} names. */
  static Optional<WordSplit> named(String name) {
    return Arrays.stream(values()).filter(split -> split.names.contains(name)).findFirst();
  }

  /** All names that {@link #named} knows. */
  static String knownNames() {
    return Arrays.stream(values())
        .flatMap(split -> split.names.stream())
        .collect(Collectors.joining(", "));
  }

  /** The split with these regular expressions. */
  static Optional<WordSplit> of(List<String> expressions) {
    return Arrays.stream(values())
        .filter(split -> split.expressions.equals(expressions))
        .findFirst();
  }

  /** The split that GPT-2 and everything called byte-level use. */
  static String byteLevelExpression() {
    return Regex.GPT2;
  }

  /** Whether a word that is a token is not merged at all, as GGUF files of this split expect. */
  boolean wholeWords() {
    return wholeWords;
  }

  /** Hands the words of a text over in order; together they are the text. */
  void split(String text, Consumer<String> words) {
    split(text, stages(), words);
  }

  private static void split(String text, List<Pattern> stages, Consumer<String> words) {
    if (stages.isEmpty()) {
      words.accept(text);
      return;
    }
    List<Pattern> rest = stages.subList(1, stages.size());
    Matcher matcher = stages.getFirst().matcher(text);
    int begin = 0;
    while (matcher.find()) {
      if (matcher.start() > begin) {
        split(text.substring(begin, matcher.start()), rest, words);
      }
      split(matcher.group(), rest, words);
      begin = matcher.end();
    }
    if (begin < text.length()) {
      split(text.substring(begin), rest, words);
    }
  }

  /** The words of a text in order. */
  List<String> words(String text) {
    List<String> words = new ArrayList<>();
    split(text, words::add);
    return words;
  }
}
