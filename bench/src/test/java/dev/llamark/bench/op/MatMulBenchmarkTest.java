package dev.llamark.bench.op;

class MatMulBenchmarkTest extends KernelBenchmarkTest<MatMulBenchmark> {

  @Override
  MatMulBenchmark benchmark() {
    MatMulBenchmark benchmark = new MatMulBenchmark();
    benchmark.shape = "17x198x160";
    benchmark.dtype = "q8_0";
    return benchmark;
  }

  @Override
  void run(MatMulBenchmark benchmark) {
    benchmark.multiply();
  }
}
