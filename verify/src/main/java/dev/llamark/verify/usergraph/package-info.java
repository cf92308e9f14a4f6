/**
 * A graph that the user brings, as the reference: {@link dev.llamark.verify.usergraph.OnnxFile}
 * reads it, {@link dev.llamark.verify.usergraph.UserGraph} runs it by the names that its session
 * declares, {@code StepFinder} and {@code RotaryConstants} find in its structure what can be
 * compared, and {@link dev.llamark.verify.usergraph.GraphCheck} judges whether it is the model at
 * all.
 */
package dev.llamark.verify.usergraph;
