/**
 * ONNX's own tests of single nodes, run on our kernels: {@link
 * dev.llamark.verify.nodetest.NodeTestFolder} reads them, {@link
 * dev.llamark.verify.nodetest.NodeTestRun} runs them.
 */
package dev.llamark.verify.nodetest;
