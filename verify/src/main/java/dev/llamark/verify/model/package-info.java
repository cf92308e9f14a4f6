/**
 * A whole model, compared: {@link dev.llamark.verify.model.ModelReference} runs ONNX Runtime and
 * the model in double, {@link dev.llamark.verify.model.ModelComparison} holds variants against
 * both, {@link dev.llamark.verify.model.Divergence} measures the distance, {@link
 * dev.llamark.verify.model.Gate} says how large it may be, {@link dev.llamark.verify.model.Steps}
 * where it enters.
 */
package dev.llamark.verify.model;
