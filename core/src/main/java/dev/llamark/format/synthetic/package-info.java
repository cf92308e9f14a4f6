/**
 * Models without a file: seeded weights in the shapes of {@link dev.llamark.model.Presets}, so that
 * everything runs on a machine with no model at all.
 */
package dev.llamark.format.synthetic;
