package dev.llamark.bench.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ModelId;
import dev.llamark.tensor.DType;
import org.junit.jupiter.api.Test;

class BenchModelCommandTest {

  private static final ModelId MODEL = new ModelId("tiny", "q8_0", 1000);

  private static ObjectNode row(String name, String dtype, String kv, String variant) {
    ObjectNode row = JsonNodeFactory.instance.objectNode().put("kv", kv).put("variant", variant);
    row.putObject("model").put("name", name).put("dtype", dtype);
    return row;
  }

  @Test
  void aRowIsOfARunOnlyIfModelTypeAndCacheAreItsOwn() {
    assertThat(BenchModelCommand.same(MODEL, DType.F16, row("tiny", "q8_0", "f16", "mine")))
        .isTrue();
    assertThat(BenchModelCommand.same(MODEL, DType.F16, row("large", "q8_0", "f16", "mine")))
        .isFalse();
    assertThat(BenchModelCommand.same(MODEL, DType.F16, row("tiny", "f32", "f16", "mine")))
        .isFalse();
    assertThat(BenchModelCommand.same(MODEL, DType.F16, row("tiny", "q8_0", "f32", "mine")))
        .isFalse();
  }

  @Test
  void theCacheOfTheSessionIsAlwaysF32() {
    assertThat(BenchModelCommand.same(MODEL, DType.F16, row("tiny", "q8_0", "f32", "ort")))
        .isTrue();
  }
}
