/**
 * The variant {@code vector}: the five operations over the Vector API, the variant to beat. {@link
 * dev.llamark.kernel.vector.VectorProvider} puts them together; {@code VectorWidth} decides the
 * width and {@code Lanes} holds it as constants.
 *
 * <p>A kernel keeps the operands of the running call in fields, so that a call allocates nothing,
 * and gives its parts to the thread team. The inner loops are static methods in sections: body,
 * vector tail, reduce, scalar tail.
 *
 * <p>{@link dev.llamark.kernel.vector.Int8Provider} makes of it the variant {@code vector-int8},
 * whose MatMul quantises activations.
 */
package dev.llamark.kernel.vector;
