package dev.llamark.run;

import dev.llamark.format.ModelSource;

/**
 * Which model a record is about.
 *
 * @param name as {@link ModelSource#name}
 * @param dtype type of most weights
 * @param params number of weights
 */
public record ModelId(String name, String dtype, long params) {

  public static ModelId of(ModelSource source) {
    return new ModelId(source.name(), source.dtype().id(), source.parameters());
  }
}
