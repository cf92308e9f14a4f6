/**
 * ONNX Runtime as the reference: {@link dev.llamark.verify.onnx.OnnxGraph} writes graphs, {@link
 * dev.llamark.verify.onnx.OrtRuntime} runs them.
 */
package dev.llamark.verify.onnx;
