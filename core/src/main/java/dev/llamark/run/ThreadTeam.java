package dev.llamark.run;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of the process: one caller and {@code size - 1} workers that wait for regions.
 *
 * <p>A region is a number of independent parts. Parts are claimed one by one, so a slow core takes
 * fewer of them; which thread runs a part must therefore not influence its result. The caller works
 * too, and waits only for parts that a worker has claimed: a worker that comes late costs nothing.
 * Workers spin a little after a region, then park. A region allocates nothing.
 */
public final class ThreadTeam implements AutoCloseable {

  /** One region: the parts {@code 0 … parts - 1} may run on any thread, in any order. */
  @FunctionalInterface
  public interface Region {
    void run(int part);
  }

  /** A region whose parts need to know their thread, for scratch memory of its own. */
  @FunctionalInterface
  public interface ThreadRegion {
    /**
     * @param thread from 0, the caller, to {@code size() - 1}
     */
    void run(int part, int thread);
  }

  /** Some tens of microseconds: longer than the gap between two regions of a forward pass. */
  private static final int SPINS = 20_000;

  /** After so many spins the caller gives its core to a worker that may be waiting for one. */
  private static final int SPINS_BEFORE_YIELD = 2_000;

  private final Worker[] workers;

  /**
   * The region's number in the upper half, its unclaimed parts in the lower. A claim is a
   * compare-and-set of both, so that a late worker cannot take a part of a region that it has not
   * seen; {@code region}, {@code threadRegion} and {@code parts} are written while no part is
   * unclaimed and read after a claim.
   */
  private final AtomicLong state = new AtomicLong();

  private final AtomicInteger unfinished = new AtomicInteger();
  private Region region;
  private ThreadRegion threadRegion;
  private int parts;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Seen by the parts, which a region that is published after it runs. */
  private boolean running;

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
      workers[i] = new Worker(i + 1);
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
   * time: a part must not start a region of its own. The first exception that a part throws is
   * thrown here, after all other parts have run.
   *
   * @throws IllegalStateException if the team is closed, or a part starts a region
   */
  public void run(int parts, Region region) {
    begin();
    this.region = region;
    run(parts);
    this.region = null;
    end();
  }

  /** As {@link #run(int, Region)}; the parts are told their thread. */
  public void run(int parts, ThreadRegion region) {
    begin();
    threadRegion = region;
    run(parts);
    threadRegion = null;
    end();
  }

  private void begin() {
    if (closed) {
      throw new IllegalStateException("ThreadTeam is closed");
    }
    if (running) {
      throw new IllegalStateException("ThreadTeam: a part of a region must not start another");
    }
    running = true;
  }

  private void run(int parts) {
    if (parts <= 1 || workers.length == 0) {
      for (int part = 0; part < parts; part++) {
        runPart(part, 0);
      }
      return;
    }
    this.parts = parts;
    unfinished.set(parts);
    long number = (state.get() >>> Integer.SIZE) + 1;
    state.set(number << Integer.SIZE | parts); // publishes the region
    int useful = Math.min(workers.length, parts - 1);
    for (int i = 0; i < useful; i++) {
      workers[i].wake();
    }
    work(0);
    for (int spin = 0; unfinished.get() != 0; spin++) {
      if (spin < SPINS_BEFORE_YIELD) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  private void work(int thread) {
    long seen;
    while ((int) (seen = state.get()) != 0) {
      if (state.compareAndSet(seen, seen - 1)) {
        runPart(parts - (int) seen, thread);
        unfinished.getAndDecrement();
      }
    }
  }

  private void runPart(int part, int thread) {
    try {
      if (region != null) {
        region.run(part);
      } else {
        threadRegion.run(part, thread);
      }
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
  }

  private void end() {
    running = false;
    Throwable t = failure.get();
    if (t == null) {
      return;
    }
    failure.set(null);
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
    private final int index;
    private volatile boolean parked;

    Worker(int index) {
      super("llamark-" + index);
      this.index = index;
      setDaemon(true);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      while (await()) {
        work(index);
      }
    }

    /** Waits for unclaimed parts; false when the team is closed. */
    private boolean await() {
      for (int spin = 0; (int) state.get() == 0; spin++) {
        if (closed) {
          return false;
        }
        if (spin < SPINS) {
          Thread.onSpinWait();
          continue;
        }
        parked = true;
        if ((int) state.get() == 0 && !closed) {
          LockSupport.park(ThreadTeam.this);
          Thread.interrupted(); // what a part left behind would keep it from parking again
        }
        parked = false;
      }
      return true;
    }
  }
}
