package dev.llamark.model;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The shapes known by name: two made to show faults, and those of published models, as their {@code
 * config.json} gives them.
 */
public final class Presets {

  /**
   * No size is a multiple of a vector's lanes, heads share keys and values, and 48 positions lie
   * beyond the scaled context: the shape in which a fault anywhere moves the logits.
   */
  private static final Preset PROBE =
      new PresetBuilder("probe")
          .layers(4, 198, 541)
          .heads(9, 3, 22)
          .vocab(1009)
          .context(256)
          .theta(1000)
          .scaling(new RopeScaling.Llama3(8, 1, 4, 32))
          .build();

  /** The smallest shape of this kind whose rows are whole blocks of 256. */
  private static final Preset PROBE_256 =
      new PresetBuilder("probe256")
          .layers(4, 256, 768)
          .heads(8, 2, 32)
          .vocab(1009)
          .context(256)
          .theta(1000)
          .architecture("llama", Pairing.HALVES)
          .build();

  private static final List<Preset> ALL =
      Stream.of(Stream.of(PROBE, PROBE_256), llamas(), relatives()).flatMap(all -> all).toList();

  private Presets() {}

  /** The shape of this name, in any case. */
  public static Preset of(String name) {
    return ALL.stream()
        .filter(preset -> preset.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> new InputException("no shape '%s'; known: %s".formatted(name, names())));
  }

  /** All shapes, the small ones first. */
  public static List<Preset> all() {
    return ALL;
  }

  private static String names() {
    return ALL.stream().map(Preset::name).collect(Collectors.joining(" "));
  }

  private static Stream<Preset> llamas() {
    return Stream.of(
            new PresetBuilder("stories15m")
                .layers(6, 288, 768)
                .heads(6, 6, 48)
                .vocab(32_000)
                .context(256)
                .tied(),
            new PresetBuilder("smollm2-135m")
                .layers(30, 576, 1536)
                .heads(9, 3, 64)
                .vocab(49_152)
                .context(8192)
                .theta(1e5)
                .tied(),
            new PresetBuilder("smollm2-360m")
                .layers(32, 960, 2560)
                .heads(15, 5, 64)
                .vocab(49_152)
                .context(8192)
                .theta(1e5)
                .tied(),
            new PresetBuilder("tinyllama-1.1b")
                .layers(22, 2048, 5632)
                .heads(32, 4, 64)
                .vocab(32_000)
                .context(2048),
            new PresetBuilder("llama-3.2-1b")
                .layers(16, 2048, 8192)
                .heads(32, 8, 64)
                .vocab(128_256)
                .context(131_072)
                .theta(5e5)
                .scaling(new RopeScaling.Llama3(32, 1, 4, 8192))
                .tied(),
            new PresetBuilder("llama-3.2-3b")
                .layers(28, 3072, 8192)
                .heads(24, 8, 128)
                .vocab(128_256)
                .context(131_072)
                .theta(5e5)
                .scaling(new RopeScaling.Llama3(32, 1, 4, 8192))
                .tied(),
            new PresetBuilder("llama-2-7b")
                .layers(32, 4096, 11_008)
                .heads(32, 32, 128)
                .vocab(32_000)
                .context(4096),
            new PresetBuilder("llama-3.1-8b")
                .layers(32, 4096, 14_336)
                .heads(32, 8, 128)
                .vocab(128_256)
                .context(131_072)
                .theta(5e5)
                .scaling(new RopeScaling.Llama3(8, 1, 4, 8192)),
            new PresetBuilder("llama-3.1-70b")
                .layers(80, 8192, 28_672)
                .heads(64, 8, 128)
                .vocab(128_256)
                .context(131_072)
                .theta(5e5)
                .scaling(new RopeScaling.Llama3(8, 1, 4, 8192)))
        .map(PresetBuilder::build);
  }

  private static Stream<Preset> relatives() {
    return Stream.of(
            new PresetBuilder("mistral-7b")
                .layers(32, 4096, 14_336)
                .heads(32, 8, 128)
                .vocab(32_768)
                .context(32_768)
                .theta(1e6),
            new PresetBuilder("qwen2.5-0.5b")
                .architecture("qwen2", Pairing.HALVES)
                .layers(24, 896, 4864)
                .heads(14, 2, 64)
                .vocab(151_936)
                .context(32_768)
                .theta(1e6)
                .epsilon(1e-6f)
                .biased()
                .tied(),
            new PresetBuilder("qwen3-0.6b")
                .architecture("qwen3", Pairing.HALVES)
                .layers(28, 1024, 3072)
                .heads(16, 8, 128)
                .vocab(151_936)
                .context(40_960)
                .theta(1e6)
                .epsilon(1e-6f)
                .headNorms()
                .tied(),
            new PresetBuilder("phi-3.5-mini")
                .architecture("phi3", Pairing.HALVES)
                .layers(32, 3072, 8192)
                .heads(32, 32, 96)
                .vocab(32_064)
                .context(131_072)
                .scaling(risingLongRope(48)),
            new PresetBuilder("phi-4-mini")
                .architecture("phi3", Pairing.HALVES)
                .layers(32, 3072, 8192)
                .heads(24, 8, 128)
                .rotaryDim(96)
                .vocab(200_064)
                .context(131_072)
                .scaling(risingLongRope(48))
                .tied(),
            new PresetBuilder("yarn-llama-2-7b-64k")
                .layers(32, 4096, 11_008)
                .heads(32, 32, 128)
                .vocab(32_000)
                .context(65_536)
                .scaling(RopeScaling.Yarn.of(16, 4096)))
        .map(PresetBuilder::build);
  }

  /**
   * LongRoPE from 4096 to 131072 positions, with long factors that rise evenly from 1 to the
   * extension, 32: the course of Phi's own lists, which only its files hold.
   */
  private static RopeScaling risingLongRope(int pairs) {
    List<Double> rising =
        IntStream.range(0, pairs).mapToObj(j -> Math.pow(32, j / (pairs - 1.0))).toList();
    return new RopeScaling.LongRope(
        Collections.nCopies(pairs, 1.0), rising, 4096, RopeScaling.LongRope.magnitude(32, 4096));
  }
}
