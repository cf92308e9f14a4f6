package dev.llamark.bench.claims;

import dev.llamark.rope.RopeScaling;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The angle scalings whose cost is compared, each to twice the original context. */
enum AngleScaling {
  NONE("none"),
  LINEAR("linear"),
  DYNAMIC("dynamic NTK"),
  YARN("YaRN"),
  LLAMA3("llama3"),
  LONGROPE("LongRoPE");

  static final int ORIGINAL_CONTEXT = 1024;
  static final int CONTEXT = 2 * ORIGINAL_CONTEXT;
  static final int ROTARY_DIM = 128;
  static final double THETA = 10_000;
  private static final double FACTOR = (double) CONTEXT / ORIGINAL_CONTEXT;

  private final String title;

  AngleScaling(String title) {
    this.title = title;
  }

  /** As a person reads it. */
  String title() {
    return title;
  }

  /** As parameters name it. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AngleScaling of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  RopeScaling scaling() {
    return switch (this) {
      case NONE -> new RopeScaling.None();
      case LINEAR -> new RopeScaling.Linear(FACTOR);
      case DYNAMIC -> new RopeScaling.Dynamic(FACTOR, ORIGINAL_CONTEXT);
      case YARN -> RopeScaling.Yarn.of(FACTOR, ORIGINAL_CONTEXT);
      case LLAMA3 -> new RopeScaling.Llama3(FACTOR, 1, 4, ORIGINAL_CONTEXT);
      case LONGROPE ->
          new RopeScaling.LongRope(
              factors(1),
              factors(FACTOR),
              ORIGINAL_CONTEXT,
              RopeScaling.LongRope.magnitude(FACTOR, ORIGINAL_CONTEXT));
    };
  }

  /** A list of the kind that LongRoPE models have: rising from 1 to somewhat above the factor. */
  private static List<Double> factors(double last) {
    int pairs = ROTARY_DIM / 2;
    return IntStream.range(0, pairs).mapToObj(j -> 1 + (1.2 * last - 1) * j / (pairs - 1)).toList();
  }
}
