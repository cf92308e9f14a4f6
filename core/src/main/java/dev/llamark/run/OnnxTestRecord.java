package dev.llamark.run;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Whether a variant passes one of the ONNX standard's node tests.
 *
 * @param caseId the test's folder
 */
public record OnnxTestRecord(
    @JsonProperty("case") String caseId,
    String variant,
    int vectorBits,
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
