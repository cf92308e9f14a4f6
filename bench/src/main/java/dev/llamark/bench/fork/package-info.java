/**
 * Forks: JVMs of their own in which JMH measures, started one by one, so that what is compared can
 * be interleaved, and watched, so that one that crashes or hangs does not take the rest with it.
 */
package dev.llamark.bench.fork;
