package dev.llamark.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds tokens that are spelled out in a text: the leftmost, and the longest of those. */
final class SpecialTokens {

  /**
   * A token that is recognised as a whole.
   *
   * @param text its spelling; not empty
   * @param id its id
   * @param control whether it is a mark for the model and not text
   * @param stripLeft whether it swallows white space before it
   * @param stripRight whether it swallows white space after it
   */
  record Special(String text, int id, boolean control, boolean stripLeft, boolean stripRight) {}

  /** Receives a text's parts in order. */
  interface Parts {
    /** Text between special tokens; not empty. */
    void text(String text);

    /** A special token. */
    void special(int id);
  }

  private final Map<Character, List<Special>> byFirst = new HashMap<>();

  SpecialTokens(List<Special> specials) {
    for (Special special : specials) {
      if (special.text().isEmpty()) {
        throw new IllegalArgumentException("SpecialTokens: token " + special.id() + " is empty");
      }
      byFirst.computeIfAbsent(special.text().charAt(0), first -> new ArrayList<>()).add(special);
    }
    Comparator<Special> longestFirst =
        Comparator.comparingInt((Special special) -> special.text().length()).reversed();
    byFirst.values().forEach(list -> list.sort(longestFirst));
  }

  /**
   * Splits a text.
   *
   * @param controls whether marks for the model are recognised too
   */
  void split(String text, boolean controls, Parts parts) {
    int begin = 0;
    int at = 0;
    while (at < text.length()) {
      Special special = match(text, at, controls);
      if (special == null) {
        at++;
        continue;
      }
      emit(
          special.stripLeft()
              ? text.substring(begin, at).stripTrailing()
              : text.substring(begin, at),
          parts);
      parts.special(special.id());
      at += special.text().length();
      while (special.stripRight()
          && at < text.length()
          && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      begin = at;
    }
    emit(text.substring(begin), parts);
  }

  private static void emit(String text, Parts parts) {
    if (!text.isEmpty()) {
      parts.text(text);
    }
  }

  private Special match(String text, int at, boolean controls) {
    List<Special> candidates = byFirst.get(text.charAt(at));
    if (candidates != null) {
      for (Special special : candidates) {
        if ((controls || !special.control()) && text.startsWith(special.text(), at)) {
          return special;
        }
      }
    }
    return null;
  }
}
