package dev.llamark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResultSchemaTest {

  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(ResultSchemaTest.class.getResourceAsStream("/result.schema.json"));

  private static final Environment ENV = Environment.collect(42);
  private static final Interval INTERVAL = new Interval(2, 1.5, 2.5, new double[] {2, 1.5, 2.5});
  private static final ModelId MODEL = new ModelId("synthetic:probe", "f32", 1_000_000);
  private static final OpError ERROR =
      new OpError(0.2, 1e-6, 1e-14, new long[] {3, 4095}, 1.5, 1.25, 0.5);

  static Stream<ResultRecord> everyKind() {
    return Stream.of(
        op(),
        comparedOp(),
        model(),
        verifyOp("PASS", null),
        verifyOp("FAIL", "worst at [3, 4095]"),
        verifyModel(),
        new MutantRecord("rope-pairing", "rope", "model", true, "layer 0 rotated query", 8.0, ENV),
        new MutantRecord("none", null, "ops", false, null, 0.5, ENV),
        new OnnxTestRecord(
            "test_rotary_embedding", "scalar", 0, "variant", "PASS", null, ERROR, ENV),
        repeat(true, 0.0, "PASS", null),
        repeat(null, null, "SKIPPED", "512 bits are asked for"),
        new MachineRecord("read", "L2", 262_144L, 2, 256, "GB/s", INTERVAL, ENV),
        new ClaimRecord(
            "rope-cost",
            "RoPE reduces computation",
            "derived",
            "fails",
            "it adds 3 operations per element",
            Map.of("flops", 3),
            ENV),
        new PartRecord(7, ENV.ofShard("2/4")));
  }

  private static RepeatRecord repeat(Boolean same, Double nmse, String verdict, String reason) {
    return new RepeatRecord(
        "widths", MODEL, "vector", 256, 2, "variant", "512 bits", same, nmse, verdict, reason, ENV);
  }

  private static OpRecord op() {
    return new OpRecord(
        "matmul",
        "matmul:f32:512x5632x2048",
        "f32",
        Map.of("m", 512, "n", 5632, "k", 2048),
        "vector",
        "variant",
        512,
        1,
        "hot",
        INTERVAL,
        100.0,
        1.0,
        new OpRecord.Roof("compute", 115, 90, 88.0, 92.0),
        0.0,
        Map.of("ort", new Ratio(1.04, 1.02, 1.06)),
        ERROR,
        List.of("two-humped"),
        ENV,
        null,
        null,
        null);
  }

  /** Of a comparison of two settings; of a peer timed as a chain. */
  private static OpRecord comparedOp() {
    OpRecord op = op();
    return new OpRecord(
        op.op(),
        op.caseId(),
        op.dtype(),
        op.shape(),
        op.variant(),
        op.role(),
        op.vectorBits(),
        op.threads(),
        op.cache(),
        op.timeNs(),
        op.gflops(),
        op.gbps(),
        null,
        op.allocBPerOp(),
        Map.of("ort", new Ratio(1.04, null, null).basedOn("chain")),
        null,
        List.of(),
        ENV.forked(List.of("-Xint"), "26", "OpenJ9"),
        64,
        new OpRecord.Setting("B", "--jvm-args -Xint"),
        "slower");
  }

  private static ModelRecord model() {
    return new ModelRecord(
        "pp512",
        0,
        "f32",
        MODEL,
        "vector",
        "variant",
        512,
        2,
        new ModelRecord.Samples(100, 99.0, 101.0, new double[] {100, 99, 101}),
        new ModelRecord.Probe("memory", 24.5),
        Map.of(),
        1L << 30,
        12.5,
        null,
        ENV);
  }

  private static VerifyOpRecord verifyOp(String verdict, String reason) {
    return new VerifyOpRecord(
        "rope", "rope:f32:x", "vector", 256, 2, "variant", verdict, reason, ERROR, null, ENV);
  }

  private static VerifyModelRecord verifyModel() {
    var metrics = new VerifyModelRecord.Metrics(1e-6, 1e-13, Double.NaN, 1e-11, 1.0, 1.0, null);
    return new VerifyModelRecord(
        MODEL,
        "vector",
        512,
        2,
        "variant",
        "prefill",
        "f32",
        48,
        "onnxruntime 1.29.0",
        metrics,
        metrics,
        List.of(new VerifyModelRecord.Layer(5, "down", 1e-13, 1e-14, 1e-13, null)),
        "layer 5 down",
        null,
        new VerifyModelRecord.Greedy(51, 7, 9, 1e-7, 2e-7, 1e-6),
        "PASS",
        null,
        null,
        ENV);
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void everyKindOfLineSatisfiesTheSchema(ResultRecord result) {
    assertThat(SCHEMA.validate(ResultWriter.object(result))).isEmpty();
  }

  @Test
  void samplesCoverEveryRecord() {
    assertThat(everyKind().map(Object::getClass).distinct())
        .containsExactlyInAnyOrder(ResultRecord.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void missingFieldIsRefused(ResultRecord result) {
    ObjectNode line = ResultWriter.object(result);
    line.remove(List.of("variant", "mutant", "unit", "basis", "rows"));
    assertThat(messages(line)).isNotEmpty();
  }

  @Test
  void failureWithoutAReasonIsRefused() {
    assertThat(messages(ResultWriter.object(verifyOp("FAIL", null)))).isNotEmpty();
  }

  @Test
  void partThatDoesNotSayWhichItIsIsRefused() {
    assertThat(messages(ResultWriter.object(new PartRecord(7, ENV)))).isNotEmpty();
    assertThat(messages(ResultWriter.object(new PartRecord(7, ENV.ofShard("second")))))
        .isNotEmpty();
  }

  @Test
  void unknownKindIsRefused() {
    assertThat(messages(ResultWriter.object(op()).put("kind", "guess"))).isNotEmpty();
  }

  @Test
  void addedFieldsAreAllowed() {
    assertThat(messages(ResultWriter.object(op()).put("later", 7))).isEmpty();
  }

  private static Set<ValidationMessage> messages(ObjectNode line) {
    return SCHEMA.validate(line);
  }
}
