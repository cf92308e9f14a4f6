package dev.llamark.run;

/**
 * What the machine can do.
 *
 * @param probe what was measured: {@code fma-peak}, {@code read}, {@code write}, {@code copy},
 *     {@code add}, {@code region}, {@code timer}, {@code noise}
 * @param level where the data lay: {@code L1}, {@code L2}, {@code L3}, {@code memory}; null if the
 *     probe touches none
 * @param bytes size of the data; null if none
 * @param unit of the value: {@code GFLOP/s}, {@code GB/s}, {@code ns}, {@code bits}, {@code ratio}
 */
public record MachineRecord(
    String probe,
    String level,
    Long bytes,
    int threads,
    int vectorBits,
    String unit,
    Interval value,
    Environment env)
    implements ResultRecord {

  @Override
  public String kind() {
    return "machine";
  }
}
