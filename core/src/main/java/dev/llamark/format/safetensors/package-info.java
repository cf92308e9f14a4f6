/**
 * Hugging Face folders: {@code config.json} and the weights in one {@code model.safetensors} or in
 * several that an index lists. {@link dev.llamark.format.safetensors.HuggingFaceSource} is the
 * model, {@link dev.llamark.format.safetensors.SafetensorsFile} one file of weights.
 */
package dev.llamark.format.safetensors;
