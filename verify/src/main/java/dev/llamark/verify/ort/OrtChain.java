package dev.llamark.verify.ort;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.verify.onnx.OnnxGraph;
import dev.llamark.verify.onnx.OrtRuntime;
import java.nio.LongBuffer;

/**
 * A small operation {@link #NODES} times in a row, as one session: what a call of ONNX Runtime and
 * the copies to and from the heap cost is shared by all, as it is in a session of a whole model, so
 * that a node's share is the operation's own time. Operands are set once; a call reads and writes
 * native memory alone.
 */
public final class OrtChain implements AutoCloseable {

  /** Length of a chain. */
  public static final int NODES = 64;

  private static final String OUT = "out";

  private final OrtOperator operator;
  private final long[] shape;

  private OrtChain(OnnxGraph graph, int threads, long... shape) {
    operator = new OrtOperator(OrtRuntime.start(), graph, threads);
    this.shape = shape;
  }

  /** Name of a node, from 1: the last one's is the graph's output. */
  static String name(String output, int node, int nodes) {
    return node == nodes ? output : output + node;
  }

  /**
   * RMSNorm of RMSNorm of {@code x}.
   *
   * @param x (rows × size)
   * @param weight (size), of every node
   */
  public static OrtChain rmsNorm(float[] x, float[] weight, int rows, float epsilon, int threads) {
    int size = weight.length;
    OrtChain chain = new OrtChain(OrtRmsNorm.graph(epsilon, NODES), threads, rows, size);
    chain.operator.input("x", x, 0, rows, size);
    chain.operator.input("weight", weight, 0, size);
    return chain;
  }

  /**
   * {@code x} rotated again and again by the angles of the same positions.
   *
   * @param x (tokens × heads × headDim)
   * @param positions one per token
   */
  public static OrtChain rope(
      float[] x,
      int[] positions,
      RopeTable table,
      Pairing pairing,
      int heads,
      int headDim,
      int threads) {
    OrtRope.Form form =
        new OrtRope.Form(pairing, heads, table.rotaryDim(), table.rotaryDim() < headDim);
    int tokens = positions.length;
    long width = (long) heads * headDim;
    OrtChain chain = new OrtChain(OrtRope.graph(form, NODES), threads, 1, tokens, width);
    OrtOperator operator = chain.operator;
    operator.input("cosines", table.cosines(), 0, table.positions(), table.pairs());
    operator.input("sines", table.sines(), 0, table.positions(), table.pairs());
    operator.input("x", x, 0, 1, tokens, width);
    LongBuffer ids = operator.longs("position_ids", 1, tokens);
    for (int position : positions) {
      ids.put(position);
    }
    return chain;
  }

  /**
   * SwiGLU whose result is the gate of the next.
   *
   * @param gate of the first
   * @param up as long as {@code gate}, of every node
   */
  public static OrtChain swiGlu(float[] gate, float[] up, int threads) {
    OrtChain chain = new OrtChain(OrtSwiGlu.graph(NODES), threads, gate.length);
    chain.operator.input("gate", gate, 0, gate.length);
    chain.operator.input("up", up, 0, up.length);
    return chain;
  }

  /** One call: all nodes. */
  public void run() {
    operator.run(OUT, shape);
  }

  /** What the last node of the last call gave. */
  public float[] output() {
    long elements = 1;
    for (long dimension : shape) {
      elements *= dimension;
    }
    float[] output = new float[(int) elements];
    operator.output(OUT, output, 0, shape);
    return output;
  }

  @Override
  public void close() {
    operator.close();
  }
}
