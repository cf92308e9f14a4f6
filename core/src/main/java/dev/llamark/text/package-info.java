/**
 * Text to token ids and back, sampling, and the loop that generates.
 *
 * <p>{@link dev.llamark.text.Tokenizers} reads a tokenizer from any file that models come with:
 * GGUF metadata, {@code tokenizer.json}, {@code tokenizer.model}, {@code tokenizer.bin}. A {@link
 * dev.llamark.text.Tokenizer} joins a {@link dev.llamark.text.Vocabulary}, its special tokens and
 * one of two encodings: SentencePiece BPE over characters, or BPE over bytes. {@link
 * dev.llamark.text.TextGenerator} drives any {@link dev.llamark.text.LanguageModel} with a {@link
 * dev.llamark.text.Sampler}.
 */
package dev.llamark.text;
