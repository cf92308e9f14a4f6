package dev.llamark.bench;

import dev.llamark.text.TextDecoder;
import dev.llamark.text.Tokenizer;
import java.io.PrintStream;
import java.util.Optional;

/** Prints a prompt and its continuation as text, or only the continuation's ids. */
final class Continuation {

  private final PrintStream out;
  private final Optional<TextDecoder> decoder;
  private String separator = "";

  Continuation(PrintStream out, Optional<Tokenizer> tokenizer) {
    this.out = out;
    decoder = tokenizer.map(Tokenizer::decoder);
  }

  void begin(int[] prompt) {
    decoder.ifPresent(
        text -> {
          for (int id : prompt) {
            out.print(text.accept(id));
          }
        });
    out.flush();
  }

  void token(int id) {
    if (decoder.isPresent()) {
      out.print(decoder.get().accept(id));
    } else {
      out.print(separator + id);
      separator = " ";
    }
    out.flush();
  }

  void end() {
    decoder.ifPresent(text -> out.print(text.finish()));
    out.println();
    out.flush();
  }
}
