/** {@code llamark bench claims}: what is said about the parts of Llama, and what is found. */
package dev.llamark.bench.claims;
