package dev.llamark.verify.onnx;

/** What the forms of a model's graph write differently: normalisation and rotation. */
sealed interface NormAndRope permits PrimitiveNormAndRope, OperatorNormAndRope {

  /**
   * Normalises the last axis.
   *
   * @param name of the result
   * @param x (… × size)
   * @param weight (size)
   */
  String rmsNorm(String name, String x, String weight);

  /**
   * Turns each head by its token's position.
   *
   * @param name of the result, (tokens × heads × headDim)
   * @param x (tokens × heads·headDim)
   */
  String rotate(String name, String x, int heads);
}
