/**
 * Where models come from. {@link dev.llamark.format.ModelSources#open} tells a GGUF file, a Hugging
 * Face folder, a llama2.c file and a synthetic model apart; each format has a package of its own
 * that yields a {@link dev.llamark.format.ModelSource}. Files are mapped, never copied, and
 * everything that a file claims is checked before it is believed.
 */
package dev.llamark.format;
