package dev.llamark.bench.op;

class SwiGluBenchmarkTest extends KernelBenchmarkTest<SwiGluBenchmark> {

  @Override
  SwiGluBenchmark benchmark() {
    SwiGluBenchmark benchmark = new SwiGluBenchmark();
    benchmark.shape = "3x541";
    return benchmark;
  }

  @Override
  void run(SwiGluBenchmark benchmark) {
    benchmark.gate();
  }
}
