/**
 * From forks to a verdict. A fork gives one number; intervals come from forks alone, never from
 * pooled iterations, for what differs between forks (memory layout, compilation, neighbours) is
 * what decides whether a difference can be repeated.
 *
 * <p>{@link dev.llamark.bench.statistics.LogInterval} is the interval, {@link
 * dev.llamark.bench.statistics.StoppingRule} says when there are forks enough, {@link
 * dev.llamark.bench.statistics.Comparison} and {@link dev.llamark.bench.statistics.Goal} judge,
 * {@link dev.llamark.bench.statistics.ForkPattern} looks for what an interval hides.
 */
package dev.llamark.bench.statistics;
