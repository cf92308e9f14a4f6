/**
 * {@code llamark} itself, the root command, and {@code llamark bench}: benchmarks in forks of their
 * own, statistics over forks, the machine's roofs, and comparison.
 */
package dev.llamark.bench;
