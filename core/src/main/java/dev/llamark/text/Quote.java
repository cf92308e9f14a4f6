package dev.llamark.text;

/** Text from a file as a message shows it: on one line and abridged. */
final class Quote {

  private static final int LONGEST = 60;

  private Quote() {}

  static String of(String text) {
    boolean fits = text.length() <= LONGEST;
    String shown = fits ? text : text.substring(0, LONGEST) + "…";
    return "'" + shown.replaceAll("[\\p{Cntrl}\\p{Cs}\u2028\u2029]", "�") + "'";
  }
}
