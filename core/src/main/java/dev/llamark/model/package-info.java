/**
 * A Llama-family model: its shape ({@link dev.llamark.model.LlamaConfig}), its weights ({@link
 * dev.llamark.model.LlamaWeights}), its memory of a sequence ({@link dev.llamark.model.KvCache}),
 * and the forward pass that joins them ({@link dev.llamark.model.Llama}), watched step by step
 * through {@link dev.llamark.model.TapListener}.
 */
package dev.llamark.model;
