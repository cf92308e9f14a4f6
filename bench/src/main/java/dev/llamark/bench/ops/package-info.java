/**
 * {@code llamark bench ops}: which cases there are ({@link dev.llamark.bench.ops.OpCases}), what
 * one is worth ({@link dev.llamark.bench.ops.OpCase}), how it is run beside its roof ({@link
 * dev.llamark.bench.ops.OpRun}), and what a person sees of it.
 */
package dev.llamark.bench.ops;
