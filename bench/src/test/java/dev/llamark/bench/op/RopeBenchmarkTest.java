package dev.llamark.bench.op;

class RopeBenchmarkTest extends KernelBenchmarkTest<RopeBenchmark> {

  @Override
  RopeBenchmark benchmark() {
    RopeBenchmark benchmark = new RopeBenchmark();
    benchmark.shape = "5x3x22";
    benchmark.pairing = dev.llamark.rope.Pairing.HALVES;
    return benchmark;
  }

  @Override
  void run(RopeBenchmark benchmark) {
    benchmark.rotate();
  }
}
