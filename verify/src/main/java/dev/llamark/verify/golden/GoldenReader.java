package dev.llamark.verify.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.tensor.DType;
import dev.llamark.verify.golden.Golden.Phase;
import dev.llamark.verify.golden.Golden.Prompt;
import dev.llamark.verify.golden.Golden.Run;
import dev.llamark.verify.model.GreedyText;
import dev.llamark.verify.onnx.TapPoint;
import dev.llamark.verify.trace.Sketch;
import dev.llamark.verify.trace.Trace;
import dev.llamark.verify.trace.TracedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Makes a {@link Golden} of JSON, every value of which is held against what it must be. */
final class GoldenReader {

  private static final int MAX_TOKENS = 1 << 16;
  private static final int MAX_POSITION = 1 << 28;
  private static final int MAX_RUNS = 64;
  private static final int MAX_LAYERS = 4096;

  private final JsonPlace root;
  private int layers;
  private int vocab;

  GoldenReader(Path file, JsonNode root) {
    this.root = JsonPlace.root(file, root);
  }

  Golden golden() {
    if (!root.get("kind").text().equals(GoldenJson.KIND)) {
      throw root.get("kind").refuse("\"" + GoldenJson.KIND + "\"");
    }
    root.get("schema").integer(GoldenJson.FORM, GoldenJson.FORM);
    ModelFingerprint model = model(root.get("model"));
    Prompt prompt = prompt(root.get("prompt"));
    List<Run> runs =
        root.get("runs").elements(1, MAX_RUNS).stream().map(run -> run(run, prompt)).toList();
    return new Golden(model, prompt, runs);
  }

  private ModelFingerprint model(JsonPlace place) {
    place.require(place.node().isObject(), "an object");
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    place.node().fieldNames().forEachRemaining(key -> fields.put(key, place.get(key).text()));
    layers = number(place.get("layers"), MAX_LAYERS);
    vocab = number(place.get("vocab"), Integer.MAX_VALUE);
    place.get("name").text();
    return new ModelFingerprint(fields);
  }

  private static int number(JsonPlace place, int most) {
    place.require(place.text().matches("[0-9]{1,9}"), "a number as text");
    int value = Integer.parseInt(place.text());
    place.require(value >= 1 && value <= most, "from 1 to " + most);
    return value;
  }

  private Prompt prompt(JsonPlace place) {
    int[] tokens = tokens(place.get("tokens").elements(1, MAX_TOKENS));
    JsonPlace kv = place.get("kv");
    boolean known = List.of(DType.F32.id(), DType.F16.id()).contains(kv.text());
    kv.require(known, "f32 or f16");
    return new Prompt(
        tokens,
        place.get("generate").integer(0, MAX_TOKENS),
        DType.of(kv.text()),
        place.get("first_position").integer(0, MAX_POSITION));
  }

  private int[] tokens(List<JsonPlace> places) {
    return places.stream().mapToInt(token -> token.integer(0, vocab - 1)).toArray();
  }

  private Run run(JsonPlace place, Prompt prompt) {
    return new Run(
        maker(place.get("maker")),
        place.get("reference").text(),
        phase(place.get("prefill"), prompt),
        phase(place.get("decode"), prompt),
        greedy(place.get("greedy").elements(prompt.generate(), prompt.generate())));
  }

  private static Maker maker(JsonPlace place) {
    JsonPlace arithmetic = place.get("arithmetic");
    return new Maker(
        place.get("variant").text(),
        place.get("vector_bits").integer(0, 1 << 16),
        Arrays.stream(Arithmetic.values())
            .filter(a -> a.id().equals(arithmetic.text()))
            .findFirst()
            .orElseThrow(() -> arithmetic.refuse("float or int8-activations")),
        place.get("jdk").text(),
        place.get("os").text(),
        place.get("features").elements(0, 1024).stream().map(JsonPlace::text).toList());
  }

  private GreedyText greedy(List<JsonPlace> places) {
    int[] tokens = tokens(places.stream().map(step -> step.get("token")).toList());
    double[] margins = amounts(places, "margin");
    return new GreedyText(tokens, margins, amounts(places, "noise"), new double[tokens.length]);
  }

  private static double[] amounts(List<JsonPlace> places, String key) {
    return places.stream().mapToDouble(place -> place.get(key).amount()).toArray();
  }

  private Phase phase(JsonPlace place, Prompt prompt) {
    int count = prompt.tokens().length;
    List<JsonPlace> positions = place.get("positions").elements(count, count);
    List<Trace.Position> read = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      positions.get(p).get("position").integer(p, p);
      read.add(position(positions.get(p)));
    }
    return new Phase(
        new Trace(List.copyOf(read), steps(place.get("steps"))),
        amounts(positions, "noise"),
        place.get("allowed").amount());
  }

  private Trace.Position position(JsonPlace place) {
    int top = Math.min(TracedRun.TOP, vocab);
    int[] tokens = tokens(place.get("tokens").elements(top, top));
    return new Trace.Position(
        tokens, floats(place.get("logits").elements(top, top)), sketch(place));
  }

  private static float[] floats(List<JsonPlace> places) {
    float[] values = new float[places.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = places.get(i).hexFloat();
    }
    return values;
  }

  private static Sketch sketch(JsonPlace place) {
    double[] sums =
        place.get("sums").elements(Sketch.COUNT, Sketch.COUNT).stream()
            .mapToDouble(JsonPlace::hexFloat)
            .toArray();
    JsonPlace norm = place.get("norm");
    norm.require(norm.hexFloat() >= 0, "a float from 0 on");
    return new Sketch(place.get("checksum").hexLong(), norm.hexFloat(), sums);
  }

  /** Exactly the steps of a model of so many layers, in their order. */
  private SequencedMap<TapPoint, Sketch> steps(JsonPlace place) {
    List<TapPoint> expected = TapPoint.all(layers);
    List<JsonPlace> lines = place.elements(expected.size(), expected.size());
    SequencedMap<TapPoint, Sketch> steps = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      TapPoint point = expected.get(i);
      JsonPlace line = lines.get(i);
      if (!line.get("step").text().equals(point.tap().title())) {
        throw line.get("step").refuse("'" + point.tap().title() + "'");
      }
      if (point.tap().inLayer()) {
        line.get("layer").integer(point.layer(), point.layer());
      }
      steps.put(point, sketch(line));
    }
    return steps;
  }
}
