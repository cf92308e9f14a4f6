package dev.llamark.bench.options;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time with its units: {@code 90s}, {@code 5m}, {@code 1h30m}. */
public final class DurationConverter implements ITypeConverter<Duration> {

  private static final String NUMBER = "(\\d+(?:\\.\\d+)?)";
  private static final Pattern TIME =
      Pattern.compile("(?:%1$sh)?(?:%1$sm)?(?:%1$ss)?".formatted(NUMBER));

  private static final Duration MOST = Duration.ofDays(365);

  /** Milliseconds of the units, in the order of the pattern. */
  private static final double[] UNITS = {3_600_000, 60_000, 1000};

  @Override
  public Duration convert(String text) {
    Matcher matcher = TIME.matcher(text);
    double millis = 0;
    if (matcher.matches()) {
      for (int unit = 0; unit < UNITS.length; unit++) {
        String number = matcher.group(unit + 1);
        millis += number == null ? 0 : Double.parseDouble(number) * UNITS[unit];
      }
    }
    if (millis < 1) {
      throw new TypeConversionException(
          "must be a time such as 90s, 5m, 2h or 1h30m, but is '%s'".formatted(text));
    }
    if (millis > MOST.toMillis()) {
      throw new TypeConversionException(
          "must be at most %d days, but is '%s'".formatted(MOST.toDays(), text));
    }
    return Duration.ofMillis((long) millis);
  }
}
