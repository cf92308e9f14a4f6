/**
 * The peer {@code ort}: each operation as a small ONNX graph, run by ONNX Runtime. {@link
 * dev.llamark.verify.ort.OrtProvider} puts them together.
 */
package dev.llamark.verify.ort;
