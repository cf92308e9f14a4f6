/**
 * GGUF files, versions 2 and 3. {@link dev.llamark.format.gguf.GgufFile} is the file: {@link
 * dev.llamark.format.gguf.GgufMetadata} and tensors; {@link dev.llamark.format.gguf.GgufSource} is
 * the model in it; {@link dev.llamark.format.gguf.GgufWriter} writes one.
 */
package dev.llamark.format.gguf;
