/** What the machine can do: {@code llamark bench machine}. */
package dev.llamark.bench.machine;
