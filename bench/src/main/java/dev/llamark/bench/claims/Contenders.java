package dev.llamark.bench.claims;

import dev.llamark.bench.fork.ForkSpec;
import java.util.List;
import java.util.Map;

/**
 * Makes contenders.
 *
 * @param variant id of the variant whose kernels are timed
 * @param jvmArgs of every fork
 * @param profilers of every fork
 */
record Contenders(String variant, List<String> jvmArgs, List<String> profilers) {

  ForkSpec of(String title, Class<?> benchmark, String method, Map<String, String> parameters) {
    return new ForkSpec(
        title, new ForkSpec.Method(benchmark, method), parameters, jvmArgs, profilers);
  }
}
