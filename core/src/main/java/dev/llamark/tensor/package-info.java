/**
 * Weights as they lie in a file: their {@link dev.llamark.tensor.DType}, the {@link
 * dev.llamark.tensor.Matrix} over mapped memory, and the block formats in which quantised types
 * hold their elements.
 */
package dev.llamark.tensor;
