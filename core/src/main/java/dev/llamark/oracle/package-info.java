/**
 * What is right: one fp64 reference, derived bound and case list per operation ({@code
 * RmsNormOracle}, {@code RmsNormCases}, …), the whole model in double ({@code OracleLlama}), and
 * the {@link dev.llamark.oracle.Conformance} run that holds any variant against them.
 *
 * <p>Three kinds of cases: <em>exact</em> ones, whose operands leave no room for rounding, so that
 * a single lost element shows; <em>bound</em> ones, judged by an error bound derived for the
 * operation (Higham, <em>Accuracy and Stability of Numerical Algorithms</em>, 2nd ed.); and
 * <em>laws</em>, properties that hold without an oracle.
 */
package dev.llamark.oracle;
