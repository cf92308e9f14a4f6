package dev.llamark.verify;

import dev.llamark.run.Environment;
import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which part of a run that several machines share. */
public final class ShardOptions {

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description =
          "The I-th of N parts: every N-th case, variant, test or fault, from the I-th on.")
  private String shard = "1/1";

  /** This part of all that there is to do. */
  public <T> List<T> of(List<T> all) {
    int[] parts = parts();
    List<T> own = new ArrayList<>();
    for (int i = parts[0] - 1; i < all.size(); i += parts[1]) {
      own.add(all.get(i));
    }
    return own;
  }

  /** An environment that says which part it is, unless it is the whole. */
  public Environment mark(Environment environment) {
    int[] parts = parts();
    return parts[1] == 1 ? environment : environment.ofShard(parts[0] + "/" + parts[1]);
  }

  /** The options that choose this part again; empty for the whole. */
  String replay() {
    return shard.equals("1/1") ? "" : " --shard " + shard;
  }

  private int[] parts() {
    if (shard.matches("[0-9]{1,6}/[0-9]{1,6}")) {
      String[] words = shard.split("/");
      int part = Integer.parseInt(words[0]);
      int count = Integer.parseInt(words[1]);
      if (part >= 1 && part <= count) {
        return new int[] {part, count};
      }
    }
    throw new InputException("--shard must read I/N, such as 1/4, but is '%s'".formatted(shard));
  }
}
