package dev.llamark.run;

/** llamark's own version. */
public final class Version {

  /** The version, as in the parent POM; a test holds the two together. */
  public static final String VERSION = "0.1.0";

  private Version() {}
}
