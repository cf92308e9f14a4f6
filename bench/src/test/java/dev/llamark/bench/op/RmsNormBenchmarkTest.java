package dev.llamark.bench.op;

class RmsNormBenchmarkTest extends KernelBenchmarkTest<RmsNormBenchmark> {

  @Override
  RmsNormBenchmark benchmark() {
    RmsNormBenchmark benchmark = new RmsNormBenchmark();
    benchmark.shape = "3x198";
    return benchmark;
  }

  @Override
  void run(RmsNormBenchmark benchmark) {
    benchmark.normalize();
  }
}
