package dev.llamark.bench.statistics;

import java.util.SplittableRandom;

/** Forks of contenders A, B and A again, interleaved A B A A B A, with a known truth. */
final class SimulatedForks {

  /** Coefficient of variation among forks. */
  private static final double SPREAD = 0.02;

  private static final int CONTENDERS = 3;

  private final SplittableRandom random;
  private final double slowdown;
  private final double hump;
  private final double humpShare;
  private final double drift;

  private SimulatedForks(
      SplittableRandom random, double slowdown, double hump, double humpShare, double drift) {
    this.random = random;
    this.slowdown = slowdown;
    this.hump = hump;
    this.humpShare = humpShare;
    this.drift = drift;
  }

  /** Both take the same time. */
  static SimulatedForks alike(long seed) {
    return new SimulatedForks(new SplittableRandom(seed), 1, 1, 0, 1);
  }

  /** B takes longer by this factor. */
  SimulatedForks slowdown(double factor) {
    return new SimulatedForks(random, factor, hump, humpShare, drift);
  }

  /** A share of the forks of both takes longer by this factor. */
  SimulatedForks humps(double factor, double share) {
    return new SimulatedForks(random, slowdown, factor, share, drift);
  }

  /** The machine becomes slower by this factor in the course of the run. */
  SimulatedForks drift(double factor) {
    return new SimulatedForks(random, slowdown, hump, humpShare, factor);
  }

  /** Times, (3 × rounds): A's, B's, and those of A again. */
  double[][] times(int rounds) {
    double[][] times = new double[CONTENDERS][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int place = 0; place < CONTENDERS; place++) {
        int contender = round % 2 == 0 ? place : CONTENDERS - 1 - place;
        double progress = ((double) CONTENDERS * round + place) / (CONTENDERS * rounds - 1);
        times[contender][round] = time(contender, progress);
      }
    }
    return times;
  }

  private double time(int contender, double progress) {
    double time = 1000 * Math.exp(SPREAD * random.nextGaussian());
    time *= Math.pow(drift, progress);
    time *= random.nextDouble() < humpShare ? hump : 1;
    return contender == 1 ? time * slowdown : time;
  }
}
