/**
 * ONNX Runtime as the reference: {@link dev.llamark.verify.onnx.OnnxGraph} writes graphs, {@code
 * LlamaOnnx} a whole model's, {@link dev.llamark.verify.onnx.OrtRuntime} makes sessions, {@link
 * dev.llamark.verify.onnx.OrtReference} runs a model token by token with its steps in view.
 */
package dev.llamark.verify.onnx;
