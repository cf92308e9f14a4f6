package dev.llamark.run;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of the process: one caller and {@code size - 1} workers that wait for regions.
 *
 * <p>A region is a number of independent parts. Parts are claimed one by one, so a slow core takes
 * fewer of them; which thread runs a part must therefore not influence its result. The caller works
 * too. Workers spin a little after a region, then park.
 */
public final class ThreadTeam implements AutoCloseable {

  /** One region: the parts {@code 0 … parts - 1} may run on any thread, in any order. */
  @FunctionalInterface
  public interface Region {
    void run(int part);
  }

  /** Some tens of microseconds: longer than the gap between two regions of a forward pass. */
  private static final int SPINS = 20_000;

  private final Worker[] workers;
  private final AtomicInteger nextPart = new AtomicInteger();
  private final AtomicInteger busy = new AtomicInteger();
  private Region region;
  private int parts;
  private volatile Throwable failure;
  private volatile int generation;
  private volatile boolean closed;

  /**
   * @param size number of threads, the caller included; at least 1
   */
  public ThreadTeam(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("ThreadTeam: size must be at least 1, but is " + size);
    }
    workers = new Worker[size - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker("llamark-" + (i + 1));
      workers[i].start();
    }
  }

  /** A team of the caller alone. */
  public static ThreadTeam single() {
    return new ThreadTeam(1);
  }

  /** Number of threads, the caller included. */
  public int size() {
    return workers.length + 1;
  }

  /**
   * Runs all parts and returns when the last has ended. Not reentrant, and for one caller at a
   * time: a part must not start a region of its own.
   */
  public void run(int parts, Region region) {
    if (parts <= 1 || workers.length == 0) {
      for (int part = 0; part < parts; part++) {
        region.run(part);
      }
      return;
    }
    if (closed) {
      throw new IllegalStateException("ThreadTeam is closed");
    }
    this.region = region;
    this.parts = parts;
    nextPart.set(0);
    busy.set(workers.length);
    generation = generation + 1; // publishes the region to spinning workers
    for (Worker worker : workers) {
      worker.wake();
    }
    work();
    while (busy.get() != 0) {
      Thread.onSpinWait();
    }
    this.region = null;
    if (failure != null) {
      rethrow();
    }
  }

  private void work() {
    try {
      int part;
      while ((part = nextPart.getAndIncrement()) < parts) {
        region.run(part);
      }
    } catch (Throwable t) {
      failure = t;
    }
  }

  private void rethrow() {
    Throwable t = failure;
    failure = null;
    switch (t) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(t);
    }
  }

  /** Ends the workers; a closed team runs no more regions. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private volatile boolean parked;

    Worker(String name) {
      super(name);
      setDaemon(true);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      int seen = 0;
      while (awaitAfter(seen)) {
        seen++;
        work();
        busy.decrementAndGet();
      }
    }

    private boolean awaitAfter(int seen) {
      for (int spin = 0; generation == seen && !closed; spin++) {
        if (spin < SPINS) {
          Thread.onSpinWait();
          continue;
        }
        parked = true;
        if (generation == seen && !closed) {
          LockSupport.park(this);
        }
        parked = false;
      }
      return !closed;
    }
  }
}
