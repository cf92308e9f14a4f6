package dev.llamark.bench.claims;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.llamark.bench.claims.Claim.Verdict;
import dev.llamark.bench.op.Variants;
import dev.llamark.kernel.Kernels;
import dev.llamark.run.Environment;
import dev.llamark.run.ResultWriter;
import dev.llamark.run.ThreadTeam;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimsTest {

  private static Claim find(List<Claim> claims, String id) {
    return claims.stream().filter(claim -> claim.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void floatAnglesFailFarOutAndTheTableDoesNot() {
    Claim accuracy = find(RopeClaims.all(), "rope-accuracy");
    assertThat(accuracy.verdict()).isEqualTo(Verdict.FAILS);
    assertThat((Double) accuracy.figures().get("angle_in_float_error_131071")).isGreaterThan(1e-4);
    assertThat((Double) accuracy.figures().get("table_error")).isLessThan(6e-8);
  }

  @Test
  void rmsNormIsAccurateAndStableUnderScaling() {
    try (ThreadTeam team = ThreadTeam.single();
        Kernels kernels = Variants.registry().open("scalar", team)) {
      List<Claim> claims = new NormAccuracyClaims(kernels.rmsNorm(), 42).all();
      assertThat(find(claims, "rmsnorm-error").verdict()).isEqualTo(Verdict.HOLDS);
      assertThat(find(claims, "rmsnorm-scaling").verdict()).isEqualTo(Verdict.HOLDS);
    }
  }

  @Test
  void kernelThatIgnoresItsInputIsFoundOut() {
    try (ThreadTeam team = ThreadTeam.single();
        Kernels kernels = Variants.registry().open("faulty", team)) {
      assertThat(
              find(new NormAccuracyClaims(kernels.rmsNorm(), 42).all(), "rmsnorm-error").verdict())
          .isEqualTo(Verdict.FAILS);
    }
  }

  @Test
  void everyRecordSatisfiesTheSchema() {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(ClaimsTest.class.getResourceAsStream("/result.schema.json"));
    Environment env = Environment.collect(42);
    assertThat(RopeClaims.all())
        .allSatisfy(
            claim -> assertThat(schema.validate(ResultWriter.object(claim.record(env)))).isEmpty());
  }
}
