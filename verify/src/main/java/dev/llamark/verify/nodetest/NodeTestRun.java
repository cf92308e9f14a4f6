package dev.llamark.verify.nodetest;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llamark.kernel.Kernels;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.LlamarkException;
import dev.llamark.verify.onnx.OrtRuntime;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Runs ONNX's node tests on variants and on ONNX Runtime itself. */
public final class NodeTestRun {

  /** The name under which ONNX Runtime runs a test's model as it is. */
  public static final String ONNX_RUNTIME = "onnxruntime";

  private NodeTestRun() {}

  /** Runs a test on a variant's kernels. What they throw is their failure. */
  public static NodeTestResult on(Kernels kernels, NodeTest test) {
    try {
      return NodeTestResult.compare(test, kernels.id(), new KernelNodes(kernels).run(test));
    } catch (Unsupported e) {
      return NodeTestResult.without(test, kernels.id(), new Verdict.Skipped(e.getMessage()));
    } catch (LlamarkException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      return NodeTestResult.without(test, kernels.id(), new Verdict.Fail("threw " + e));
    }
  }

  /** Runs a test's model on ONNX Runtime; a model that it refuses is skipped with its words. */
  public static NodeTestResult on(OrtRuntime runtime, NodeTest test) {
    Map<String, OnnxTensorLike> inputs = new HashMap<>();
    byte[] model = test.model().toByteArray();
    try (var options = new OrtSession.SessionOptions();
        OrtSession session = runtime.environment().createSession(model, options)) {
      for (String name : session.getInputNames()) {
        inputs.put(name, tensor(runtime, test.inputs().get(name)));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        OnnxTensor output = (OnnxTensor) result.get(0);
        if (output.getInfo().type != OnnxJavaType.FLOAT) {
          throw new Unsupported("elements are not of type FLOAT");
        }
        return NodeTestResult.compare(test, ONNX_RUNTIME, tensor(output));
      }
    } catch (OrtException e) {
      String refusal = e.getMessage().lines().findFirst().orElse("").strip();
      return NodeTestResult.without(
          test, ONNX_RUNTIME, new Verdict.Skipped("ONNX Runtime refuses it: " + refusal));
    } catch (Unsupported e) {
      return NodeTestResult.without(test, ONNX_RUNTIME, new Verdict.Skipped(e.getMessage()));
    } finally {
      inputs.values().forEach(OnnxTensorLike::close);
    }
  }

  private static OnnxTensor tensor(OrtRuntime runtime, Tensor tensor) throws OrtException {
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    if (tensor.isFloat()) {
      FloatBuffer floats = FloatBuffer.wrap(tensor.floats());
      return OnnxTensor.createTensor(runtime.environment(), floats, shape);
    }
    Unsupported.unless(
        tensor.type() == TensorProto.DataType.INT64, "elements are of type " + tensor.type());
    LongBuffer longs = LongBuffer.wrap(tensor.longs());
    return OnnxTensor.createTensor(runtime.environment(), longs, shape);
  }

  private static Tensor tensor(OnnxTensor tensor) {
    FloatBuffer buffer = tensor.getFloatBuffer();
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    int[] shape = Arrays.stream(tensor.getInfo().getShape()).mapToInt(Math::toIntExact).toArray();
    return Tensor.of(shape, floats);
  }
}
