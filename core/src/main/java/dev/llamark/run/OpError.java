package dev.llamark.run;

/**
 * How far a result is from the fp64 oracle's.
 *
 * @param maxRatioToBound largest error ÷ derived bound; below 1 is right; null where the stage
 *     demands equality
 * @param maxAbs largest absolute error
 * @param nmse Σ(a−b)² / Σb²
 * @param worst where: the index of the worst element
 * @param expected what the oracle has there
 * @param got what the variant has there
 * @param allowed by how much it may differ there
 */
public record OpError(
    Double maxRatioToBound,
    Double maxAbs,
    Double nmse,
    long[] worst,
    Double expected,
    Double got,
    Double allowed) {

  /** Without the worst element. */
  public static OpError of(Double maxRatioToBound, Double maxAbs, Double nmse) {
    return new OpError(maxRatioToBound, maxAbs, nmse, null, null, null, null);
  }
}
