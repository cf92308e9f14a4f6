package dev.llamark.verify.onnx;

import dev.llamark.model.LlamaConfig;
import dev.llamark.rope.Pairing;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import java.util.ArrayList;
import java.util.List;

/** The formulas in operators that every opset from 18 on has. */
final class PrimitiveNormAndRope implements NormAndRope {

  private final OnnxGraph graph;
  private final LlamaConfig config;
  private final String lastAxis;
  private final String epsilon;
  private final String cosines;
  private final String sines;

  /**
   * @param cosines table, (positions × pairs)
   * @param sines table, (positions × pairs)
   * @param positions of the tokens, (tokens)
   */
  PrimitiveNormAndRope(
      OnnxGraph graph, LlamaConfig config, String cosines, String sines, String positions) {
    this.graph = graph;
    this.config = config;
    lastAxis = graph.integers("last_axis", -1);
    epsilon = graph.scalar("epsilon", config.epsilon());
    String headAxis = graph.integers("head_axis", 1);
    this.cosines = rows("cos", cosines, positions, headAxis);
    this.sines = rows("sin", sines, positions, headAxis);
  }

  /** The tokens' rows of a table, the same for each head: (tokens × 1 × pairs). */
  private String rows(String name, String table, String positions, String headAxis) {
    String rows = graph.node(name + ".rows", "Gather", List.of(table, positions));
    return graph.node(name, "Unsqueeze", List.of(rows, headAxis));
  }

  @Override
  public String rmsNorm(String name, String x, String weight) {
    String squares = graph.node(name + ".squares", "Mul", List.of(x, x));
    String mean = graph.node(name + ".mean", "ReduceMean", List.of(squares, lastAxis));
    String sum = graph.node(name + ".sum", "Add", List.of(mean, epsilon));
    String root = graph.node(name + ".root", "Sqrt", List.of(sum));
    String unit = graph.node(name + ".unit", "Div", List.of(x, root));
    return graph.node(name, "Mul", List.of(unit, weight));
  }

  @Override
  public String rotate(String name, String x, int heads) {
    int pairs = config.rotaryDim() / 2;
    int rest = config.headDim() - config.rotaryDim();
    String shape = graph.integers(name + ".shape", -1, heads, config.headDim());
    String split = graph.node(name + ".heads", "Reshape", List.of(x, shape));
    String turned = split;
    String kept = null;
    if (rest > 0) {
      List<String> halves = split(name + ".rotary", split, 2L * pairs, rest);
      turned = halves.getFirst();
      kept = halves.getLast();
    }
    boolean interleaved = config.pairing() == Pairing.INTERLEAVED;
    List<String> ab =
        interleaved
            ? everySecond(name, turned, heads, pairs)
            : split(name + ".pair", turned, pairs, pairs);
    List<String> rotated = turn(name, ab.getFirst(), ab.getLast());
    String joined =
        interleaved
            ? interleave(name, rotated, heads, pairs, kept == null)
            : concat(kept == null ? name : name + ".turned", rotated);
    return kept == null ? joined : concat(name, List.of(joined, kept));
  }

  /** {@code (a·cos − b·sin, b·cos + a·sin)}. */
  private List<String> turn(String name, String a, String b) {
    String aCos = graph.node(name + ".a_cos", "Mul", List.of(a, cosines));
    String bSin = graph.node(name + ".b_sin", "Mul", List.of(b, sines));
    String bCos = graph.node(name + ".b_cos", "Mul", List.of(b, cosines));
    String aSin = graph.node(name + ".a_sin", "Mul", List.of(a, sines));
    return List.of(
        graph.node(name + ".first", "Sub", List.of(aCos, bSin)),
        graph.node(name + ".second", "Add", List.of(bCos, aSin)));
  }

  /** Elements 2j and 2j + 1, (tokens × heads × pairs) each. */
  private List<String> everySecond(String name, String x, int heads, int pairs) {
    String shape = graph.integers(name + ".pair_shape", -1, heads, pairs, 2);
    String grouped = graph.node(name + ".pairs", "Reshape", List.of(x, shape));
    List<String> elements = new ArrayList<>();
    for (String element : split(name + ".pair", grouped, 1, 1)) {
      elements.add(graph.node(element + ".flat", "Squeeze", List.of(element, lastAxis)));
    }
    return elements;
  }

  private String interleave(
      String name, List<String> rotated, int heads, int pairs, boolean isResult) {
    List<String> columns = new ArrayList<>();
    for (String element : rotated) {
      columns.add(graph.node(element + ".column", "Unsqueeze", List.of(element, lastAxis)));
    }
    String grouped = concat(name + ".turned_pairs", columns);
    String shape = graph.integers(name + ".turned_shape", -1, heads, 2L * pairs);
    return graph.node(isResult ? name : name + ".turned", "Reshape", List.of(grouped, shape));
  }

  private String concat(String name, List<String> parts) {
    return graph.node(name, "Concat", parts, Attribute.of("axis", -1));
  }

  private List<String> split(String name, String x, long first, long second) {
    String sizes = graph.integers(name + ".sizes", first, second);
    return graph.nodes(
        "",
        "Split",
        List.of(x, sizes),
        List.of(name + ".a", name + ".b"),
        Attribute.of("axis", -1));
  }
}
