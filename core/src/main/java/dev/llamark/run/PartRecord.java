package dev.llamark.run;

/**
 * The last line of a part of a run that several machines share: that the part came to its end, with
 * whatever findings. Which part it is, {@code env} says.
 *
 * @param rows number of lines before this one
 */
public record PartRecord(int rows, Environment env) implements ResultRecord {

  @Override
  public String kind() {
    return "part";
  }
}
