package dev.llamark.bench.fork;

/** Runs forks, one at a time. */
@FunctionalInterface
public interface Forks {

  /** Runs one fork to its end. */
  ForkResult run(ForkSpec spec);
}
