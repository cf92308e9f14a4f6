package dev.llamark.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under a heading, aligned for a person: columns of figures to the right, others to the left.
 * Between rows there may be notes over the whole width.
 */
public final class TextTable {

  private static final String GAP = "   ";

  private final List<String> heading;
  private final List<Object> lines = new ArrayList<>(); // List<String>: cells; String: a note
  private boolean[] right;

  public TextTable(String... heading) {
    this.heading = List.of(heading);
    this.right = new boolean[heading.length];
  }

  /** These columns, from 0, are aligned to the right. */
  public TextTable alignRight(int... columns) {
    for (int column : columns) {
      right[column] = true;
    }
    return this;
  }

  /** A row; missing cells at its end are empty. */
  public TextTable row(String... cells) {
    if (cells.length > heading.size()) {
      throw new IllegalArgumentException(
          "table: a row of %d cells under %d columns".formatted(cells.length, heading.size()));
    }
    String[] all = Arrays.copyOf(cells, heading.size());
    Arrays.setAll(all, i -> all[i] == null ? "" : all[i]);
    lines.add(List.of(all));
    return this;
  }

  /** A line of text between the rows. */
  public TextTable note(String text) {
    lines.add(text);
    return this;
  }

  /** For a terminal: columns padded with blanks. */
  public String text() {
    int[] widths = widths();
    StringBuilder out = new StringBuilder(padded(heading, widths)).append('\n');
    for (Object line : lines) {
      out.append(line instanceof List<?> cells ? padded(cells, widths) : line).append('\n');
    }
    return out.toString();
  }

  /** As a Markdown table; notes follow below it. */
  public String markdown() {
    StringBuilder out = new StringBuilder(piped(heading)).append('|');
    for (int i = 0; i < heading.size(); i++) {
      out.append(right[i] ? " ---: |" : " --- |");
    }
    out.append('\n');
    lines.stream()
        .filter(line -> line instanceof List<?>)
        .forEach(line -> out.append(piped((List<?>) line)));
    lines.stream()
        .filter(line -> line instanceof String)
        .forEach(line -> out.append("\n").append(((String) line).strip()).append("\n"));
    return out.toString();
  }

  private static String piped(List<?> cells) {
    StringBuilder out = new StringBuilder("|");
    cells.forEach(
        cell -> out.append(' ').append(cell.toString().strip().replace("|", "\\|")).append(" |"));
    return out.append('\n').toString();
  }

  private int[] widths() {
    int[] widths = heading.stream().mapToInt(TextTable::width).toArray();
    for (Object line : lines) {
      if (line instanceof List<?> cells) {
        for (int i = 0; i < widths.length; i++) {
          widths[i] = Math.max(widths[i], width(cells.get(i).toString()));
        }
      }
    }
    return widths;
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  private String padded(List<?> cells, int[] widths) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i).toString();
      String blanks = " ".repeat(widths[i] - width(cell));
      out.append(i == 0 ? "" : GAP).append(right[i] ? blanks + cell : cell + blanks);
    }
    return out.toString().stripTrailing();
  }
}
