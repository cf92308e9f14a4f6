/**
 * {@code llamark verify}: operations against the oracle, whole models against ONNX Runtime and the
 * model in double, and the verdicts over both.
 */
package dev.llamark.verify;
