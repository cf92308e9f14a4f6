package dev.llamark.bench.options;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A share: {@code 2%} or {@code 0.5%} is read as 0.02 or 0.005. */
public final class PercentConverter implements ITypeConverter<Double> {

  private static final int WHOLE = 100;

  @Override
  public Double convert(String text) {
    if (!text.matches("\\d+(\\.\\d+)? ?%")) {
      throw new TypeConversionException("must be a share such as 2%%, but is '%s'".formatted(text));
    }
    return Double.parseDouble(text.replace("%", "").strip()) / WHOLE;
  }
}
