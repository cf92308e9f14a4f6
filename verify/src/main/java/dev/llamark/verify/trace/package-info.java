/**
 * What is kept of a model's way through some tokens, small enough for a file: {@link
 * dev.llamark.verify.trace.TracedRun} takes a {@link dev.llamark.verify.trace.Trace}, made of
 * {@link dev.llamark.verify.trace.Sketch}es.
 */
package dev.llamark.verify.trace;
