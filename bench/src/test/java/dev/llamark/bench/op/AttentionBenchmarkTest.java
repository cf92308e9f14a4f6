package dev.llamark.bench.op;

class AttentionBenchmarkTest extends KernelBenchmarkTest<AttentionBenchmark> {

  @Override
  AttentionBenchmark benchmark() {
    AttentionBenchmark benchmark = new AttentionBenchmark();
    benchmark.shape = "5x37x9x3x22";
    benchmark.dtype = "f16";
    return benchmark;
  }

  @Override
  void run(AttentionBenchmark benchmark) {
    benchmark.attend();
  }
}
