/**
 * The verifier verified: kernels with a known fault each ({@link
 * dev.llamark.verify.mutant.Mutants}), all of which must be caught, and an unmutated control, which
 * must pass.
 */
package dev.llamark.verify.mutant;
