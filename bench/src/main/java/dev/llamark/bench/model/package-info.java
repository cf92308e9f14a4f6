/**
 * {@code llamark bench model}: whole models, in the words of llama-bench: {@code pp512}, a prompt
 * of 512 tokens into a cache; {@code tg128}, 128 tokens generated one by one.
 */
package dev.llamark.bench.model;
