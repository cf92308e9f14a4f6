package dev.llamark.bench.claims;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The sum of two arrays. */
final class VectorSum {

  private static final VectorSpecies<Float> S = VectorRowNorms.SPECIES;

  private VectorSum() {}

  /** {@code to[i] += x[i]}, for arrays of the same length. */
  static void add(float[] x, float[] to) {
    int i = 0;
    for (int bound = S.loopBound(x.length); i < bound; i += S.length()) {
      FloatVector.fromArray(S, to, i).add(FloatVector.fromArray(S, x, i)).intoArray(to, i);
    }
    for (; i < x.length; i++) {
      to[i] += x[i];
    }
  }
}
