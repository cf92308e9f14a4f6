package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.format.ModelSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.usergraph.RotaryConstants.Found;
import dev.llamark.verify.usergraph.RotaryConstants.Frequencies;
import dev.llamark.verify.usergraph.RotaryConstants.Tables;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/**
 * Cosines and sines of a graph beside the model's own. They may differ by what exporters lose, who
 * compute frequencies and angles in float: a few roundings of the angle, and one of the result.
 *
 * @param agrees whether no constant contradicts the model
 * @param sentence how near they are, or the first position and pair that differs
 */
record RotaryCheck(boolean agrees, String sentence) {

  private static final double FLOAT_ROUNDING = Math.scalb(1.0, -24);

  /** Roundings of an angle: the power, its exponent, a scaling's few steps, the product. */
  private static final int ANGLE_ROUNDINGS = 8;

  private static final double SAME_THETA = 0.01;

  /** Compares all constants that rotate in a graph. */
  static RotaryCheck of(OnnxFile file, ModelSource source, ModelTask task) {
    List<Found> found = new RotaryConstants(file, source.config()).find();
    RotaryCheck last =
        new RotaryCheck(true, "no constant cosines, sines or frequencies were found in it");
    Comparison comparison = new Comparison(file, source.config(), task);
    for (Found constants : found) {
      last =
          switch (constants) {
            case Tables tables -> comparison.tables(tables);
            case Frequencies frequencies -> comparison.frequencies(frequencies.values());
          };
      if (!last.agrees()) {
        return last;
      }
    }
    return last;
  }

  private static final class Comparison {
    private final OnnxFile file;
    private final LlamaConfig config;
    private final double[] expected;
    private final double factor;

    Comparison(OnnxFile file, LlamaConfig config, ModelTask task) {
      this.file = file;
      this.config = config;
      int length = Math.addExact(task.firstPosition(), task.capacity());
      expected = config.scaling().inverseFrequencies(config.theta(), config.rotaryDim(), length);
      factor = config.scaling().attentionFactor();
    }

    RotaryCheck frequencies(TensorProto tensor) {
      float[] got = file.floats(tensor);
      double largest = 0;
      for (int j = 0; j < expected.length; j++) {
        double difference = Math.abs(got[j] / expected[j] - 1);
        if (!(difference <= ANGLE_ROUNDINGS * FLOAT_ROUNDING + rounding(tensor))) {
          return new RotaryCheck(
              false,
              "its rotary frequencies differ from the model's first at pair %d: %s instead of %s%s"
                  .formatted(j, got[j], (float) expected[j], asIf(widened(got))));
        }
        largest = Math.max(largest, difference);
      }
      return new RotaryCheck(
          true,
          "rotary frequencies (%d) agree with the model's to %.1e"
              .formatted(expected.length, largest));
    }

    RotaryCheck tables(Tables tables) {
      float[] cosines = file.floats(tables.cosines());
      float[] sines = file.floats(tables.sines());
      int columns = columns(tables.cosines());
      int pairs = expected.length;
      if (columns != pairs && columns != 2 * pairs || cosines.length != sines.length) {
        return new RotaryCheck(
            false,
            "its table of cosines has %d columns, but the model rotates %d pairs"
                .formatted(columns, pairs));
      }
      int positions = Math.min(cosines.length / columns, config.context());
      double largest = 0;
      for (int position = 0; position < positions; position++) {
        for (int pair = 0; pair < pairs; pair++) {
          double angle = position * expected[pair];
          int at = position * columns + pair;
          double cosine = cosines[at] - factor * Math.cos(angle);
          double sine = sines[at] - factor * Math.sin(angle);
          double difference = Math.max(Math.abs(cosine), Math.abs(sine));
          if (!(difference <= allowed(angle, tables.cosines()))) {
            return differs(
                position, pair, cosines[at], sines[at], angle, asIf(cosines, sines, columns));
          }
          largest = Math.max(largest, difference);
        }
      }
      return new RotaryCheck(
          true,
          "cosines and sines (%d positions x %d pairs) agree with the model's to %.1e"
              .formatted(positions, pairs, largest));
    }

    private RotaryCheck differs(
        int position, int pair, float cosine, float sine, double angle, String asIf) {
      return new RotaryCheck(
          false,
          "its cosines and sines differ from the model's first at position %d, pair %d: %s and %s instead of %s and %s%s"
              .formatted(
                  position,
                  pair,
                  cosine,
                  sine,
                  (float) (factor * Math.cos(angle)),
                  (float) (factor * Math.sin(angle)),
                  asIf));
    }

    private double allowed(double angle, TensorProto tensor) {
      double ofAngle = ANGLE_ROUNDINGS * FLOAT_ROUNDING * Math.abs(angle);
      return factor * (ofAngle + 2 * FLOAT_ROUNDING + rounding(tensor));
    }

    /** Relative rounding of a type's elements. */
    private static double rounding(TensorProto tensor) {
      return switch (DataType.forNumber(tensor.getDataType())) {
        case FLOAT16 -> Math.scalb(1.0, -11);
        case BFLOAT16 -> Math.scalb(1.0, -8);
        case null, default -> 0;
      };
    }

    private static int columns(TensorProto tensor) {
      return Math.toIntExact(tensor.getDims(tensor.getDimsCount() - 1));
    }

    /** From the angles at position 1. */
    private String asIf(float[] cosines, float[] sines, int columns) {
      double[] frequencies = new double[expected.length];
      for (int j = 0; j < frequencies.length && cosines.length > columns; j++) {
        frequencies[j] = Math.atan2(sines[columns + j], cosines[columns + j]);
      }
      return asIf(frequencies);
    }

    /** The theta of which frequencies without a scaling would be these, if there is one. */
    private String asIf(double[] frequencies) {
      double theta = 0;
      for (int j = 1; j < frequencies.length; j++) {
        double here = Math.pow(frequencies[j], -(double) config.rotaryDim() / (2 * j));
        if (!Double.isFinite(here) || j > 1 && Math.abs(here / theta - 1) > SAME_THETA) {
          return "";
        }
        theta = j == 1 ? here : theta;
      }
      return Math.abs(theta / config.theta() - 1) < SAME_THETA
          ? ", as if the model's scaling were left out"
          : ", as if theta were about %s instead of %.0f"
              .formatted(
                  new BigDecimal(theta).round(new MathContext(3)).toPlainString(), config.theta());
    }

    private static double[] widened(float[] values) {
      double[] doubles = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        doubles[i] = values[i];
      }
      return doubles;
    }
  }
}
