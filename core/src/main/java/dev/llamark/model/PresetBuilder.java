package dev.llamark.model;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;

/** Builds one row of {@link Presets}; what is not said is as in Llama 2. */
final class PresetBuilder {

  private final String name;
  private String architecture = "llama";
  private Pairing pairing = Pairing.INTERLEAVED;
  private int hidden;
  private int ffn;
  private int layers;
  private int heads;
  private int kvHeads;
  private int headDim;
  private int rotaryDim;
  private int vocab;
  private int context;
  private double theta = 1e4;
  private float epsilon = 1e-5f;
  private RopeScaling scaling = new RopeScaling.None();
  private boolean tied;
  private boolean biased;
  private boolean headNorms;

  PresetBuilder(String name) {
    this.name = name;
  }

  PresetBuilder architecture(String architecture, Pairing pairing) {
    this.architecture = architecture;
    this.pairing = pairing;
    return this;
  }

  PresetBuilder layers(int layers, int hidden, int ffn) {
    this.layers = layers;
    this.hidden = hidden;
    this.ffn = ffn;
    return this;
  }

  PresetBuilder heads(int heads, int kvHeads, int headDim) {
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.rotaryDim = headDim;
    return this;
  }

  PresetBuilder rotaryDim(int rotaryDim) {
    this.rotaryDim = rotaryDim;
    return this;
  }

  PresetBuilder vocab(int vocab) {
    this.vocab = vocab;
    return this;
  }

  PresetBuilder context(int context) {
    this.context = context;
    return this;
  }

  PresetBuilder theta(double theta) {
    this.theta = theta;
    return this;
  }

  PresetBuilder epsilon(float epsilon) {
    this.epsilon = epsilon;
    return this;
  }

  PresetBuilder scaling(RopeScaling scaling) {
    this.scaling = scaling;
    return this;
  }

  PresetBuilder tied() {
    this.tied = true;
    return this;
  }

  PresetBuilder biased() {
    this.biased = true;
    return this;
  }

  PresetBuilder headNorms() {
    this.headNorms = true;
    return this;
  }

  Preset build() {
    LlamaConfig config =
        new LlamaConfig(
            architecture,
            hidden,
            ffn,
            layers,
            heads,
            kvHeads,
            headDim,
            vocab,
            context,
            rotaryDim,
            theta,
            epsilon,
            scaling,
            pairing);
    return new Preset(name, config, tied, biased, headNorms);
  }
}
