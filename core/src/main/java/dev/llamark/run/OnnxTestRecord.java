package dev.llamark.run;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Whether a variant passes one of the ONNX standard's node tests.
 *
 * @param caseId the test's folder
 * @param role {@code variant} or {@code peer}: a peer's errors never gate
 */
public record OnnxTestRecord(
    @JsonProperty("case") String caseId,
    String variant,
    int vectorBits,
    String role,
    String verdict,
    String reason,
    OpError error,
    Environment env)
    implements ResultRecord {

  @Override
  public String kind() {
    return "onnx-test";
  }
}
