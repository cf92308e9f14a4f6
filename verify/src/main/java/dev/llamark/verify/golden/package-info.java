/**
 * Golden files: what variants made of a model once, to be held against what they make of it later,
 * with neither ONNX Runtime nor the old revision. A {@link dev.llamark.verify.golden.Golden} is
 * made by a {@link dev.llamark.verify.golden.GoldenRecorder}, lies in a {@link
 * dev.llamark.verify.golden.GoldenFile}, and is compared by a {@link
 * dev.llamark.verify.golden.GoldenComparison}.
 */
package dev.llamark.verify.golden;
