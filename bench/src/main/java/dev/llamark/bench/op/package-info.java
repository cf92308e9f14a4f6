/**
 * The JMH benchmarks: one per operation, one of the forward pass, the roofs beside them. Each is
 * parametrised by variant and shape, checks its own output against the oracle before anything is
 * timed, and has a body of a line or two. They run under llamark's own runner and as plain JMH:
 *
 * <pre>{@code
 * java -cp 'bench/target/lib/*' org.openjdk.jmh.Main RmsNormBenchmark -p variant=scalar,vector
 * }</pre>
 */
package dev.llamark.bench.op;
