/**
 * The contracts: what each operation of a Llama computes, on what shapes, with what errors. {@link
 * dev.llamark.kernel.Kernels} is a variant, a named set of implementations; it comes from a {@link
 * dev.llamark.kernel.KernelProvider} that {@link dev.llamark.kernel.KernelRegistry} finds by id.
 *
 * <p>Activations are float arrays with an offset, row-major; inputs come first, then scalars, the
 * destination last. Weights are a {@link dev.llamark.tensor.Matrix}.
 */
package dev.llamark.kernel;
