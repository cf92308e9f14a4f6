/**
 * The variant {@code scalar}: each operation as its paper writes it, in plain loops. The variant to
 * read; no unrolling, no vectors, no tricks. {@link dev.llamark.kernel.scalar.ScalarProvider} puts
 * them together.
 */
package dev.llamark.kernel.scalar;
