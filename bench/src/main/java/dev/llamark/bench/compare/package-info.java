/**
 * Two result files held side by side: {@code llamark compare}, baselines, and {@code llamark
 * merge}, which makes one of the parts of a run.
 */
package dev.llamark.bench.compare;
