package dev.llamark.bench.op;

class ForwardBenchmarkTest extends KernelBenchmarkTest<ForwardBenchmark> {

  @Override
  ForwardBenchmark benchmark() {
    ForwardBenchmark benchmark = new ForwardBenchmark();
    benchmark.model = "synthetic:probe";
    benchmark.tokens = 3;
    benchmark.depth = 7;
    return benchmark;
  }

  @Override
  void run(ForwardBenchmark benchmark) {
    benchmark.forward();
  }
}
