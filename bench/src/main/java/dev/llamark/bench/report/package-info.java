/** What all benchmarks print alike. */
package dev.llamark.bench.report;
