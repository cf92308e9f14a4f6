package dev.llamark.verify.trace;

import dev.llamark.verify.onnx.TapPoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What is kept of one way of some tokens through a model.
 *
 * @param positions the likeliest tokens at each position
 * @param steps every step of the forward pass in its order, over all positions
 */
public record Trace(List<Position> positions, SequencedMap<TapPoint, Sketch> steps) {

  /**
   * One position.
   *
   * @param tokens the likeliest, the likeliest first
   * @param logits theirs
   * @param all of all logits at this position
   */
  public record Position(int[] tokens, float[] logits, Sketch all) {

    /** By how much the likeliest token's logit exceeds the next one's; 0 if there is one token. */
    public double margin() {
      return logits.length < 2 ? 0 : (double) logits[0] - logits[1];
    }
  }

  /** The first step that has other bits than in another trace; empty if all bits are the same. */
  public Optional<String> firstDifference(Trace other) {
    return steps.entrySet().stream()
        .filter(step -> !step.getValue().sameBits(other.steps.get(step.getKey())))
        .map(step -> step.getKey().title())
        .findFirst()
        .or(() -> firstPosition(other));
  }

  private Optional<String> firstPosition(Trace other) {
    for (int p = 0; p < positions.size(); p++) {
      if (!positions.get(p).all().sameBits(other.positions.get(p).all())) {
        return Optional.of("logits at position " + p);
      }
    }
    return Optional.empty();
  }

  /** Estimate of the logits' Σ(this − expected)² / Σ expected², over all positions. */
  public double nmse(Trace expected) {
    if (firstPosition(expected).isEmpty()) {
      return 0;
    }
    double error = 0;
    double square = 0;
    for (int p = 0; p < positions.size(); p++) {
      Sketch right = expected.positions.get(p).all();
      error += positions.get(p).all().squaredDistance(right);
      square += right.norm() * right.norm();
    }
    return error / square;
  }

  /** The first step that is further from the expected one than {@code limit}, as an NMSE. */
  public Optional<TapPoint> firstBeyond(Trace expected, double limit) {
    return steps.entrySet().stream()
        .filter(step -> !(step.getValue().nmse(expected.steps.get(step.getKey())) <= limit))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
