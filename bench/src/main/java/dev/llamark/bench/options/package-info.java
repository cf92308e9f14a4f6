/** How figures are typed on the command line: times with their unit, shares in percent. */
package dev.llamark.bench.options;
