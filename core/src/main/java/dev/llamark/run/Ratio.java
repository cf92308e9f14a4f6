package dev.llamark.run;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Our speed over another's, measured in the same run, interleaved: above 1 is faster.
 *
 * @param lo lower end of the confidence interval; null if there are too few forks for one
 * @param hi upper end
 * @param basis which of the other's figures, where it has two: {@code call}, or {@code chain}, one
 *     node's share of a chain of them; otherwise absent
 */
public record Ratio(
    double ratio, Double lo, Double hi, @JsonInclude(JsonInclude.Include.NON_NULL) String basis) {

  public Ratio(double ratio, Double lo, Double hi) {
    this(ratio, lo, hi, null);
  }

  /** The same, of one of the other's two figures. */
  public Ratio basedOn(String basis) {
    return new Ratio(ratio, lo, hi, basis);
  }
}
