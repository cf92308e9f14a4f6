package dev.llamark.verify.usergraph;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a session must be fed, understood by the names and types that it declares. */
final class GraphInputs {

  /** What an input means. */
  enum Role {
    TOKENS,
    MASK,
    POSITIONS,
    PAST_KEY,
    PAST_VALUE,
    /** Whether there is a past, in a merged graph. */
    CACHE_BRANCH
  }

  /**
   * One input.
   *
   * @param layer of a past; −1 of others
   * @param shape as declared; −1 where it is open
   */
  record Input(String name, Role role, int layer, OnnxJavaType type, long[] shape) {}

  private static final Set<OnnxJavaType> INTEGERS = Set.of(OnnxJavaType.INT64, OnnxJavaType.INT32);
  private static final Set<OnnxJavaType> FLOATS =
      Set.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16, OnnxJavaType.DOUBLE);

  private final String file;
  private final ValueNames names;
  private final List<Input> inputs = new ArrayList<>();

  private GraphInputs(String file, ValueNames names) {
    this.file = file;
    this.names = names;
  }

  /**
   * The inputs of a session.
   *
   * @param file the model's, for messages
   * @throws InputException if one is unknown or of a type that a decoder's does not have
   */
  static GraphInputs of(OrtSession session, ValueNames names, String file) throws OrtException {
    GraphInputs inputs = new GraphInputs(file, names);
    Map<String, NodeInfo> declared = session.getInputInfo();
    declared.forEach((name, info) -> inputs.add(name, info, declared.keySet()));
    if (inputs.all(Role.TOKENS).isEmpty()) {
      throw new InputException(
          "%s has no input '%s' for token ids; its inputs are %s"
              .formatted(file, names.inputIds(), inputs.list(declared.keySet())));
    }
    return inputs;
  }

  private void add(String name, NodeInfo info, Set<String> all) {
    int pastKey = ValueNames.layer(names.pastKey(), name);
    int pastValue = ValueNames.layer(names.pastValue(), name);
    if (name.equals(names.inputIds())) {
      add(name, Role.TOKENS, -1, info, INTEGERS, 2);
    } else if (name.equals(names.attentionMask())) {
      add(name, Role.MASK, -1, info, INTEGERS, 2);
    } else if (name.equals(names.positionIds())) {
      add(name, Role.POSITIONS, -1, info, INTEGERS, 2);
    } else if (name.equals(ValueNames.USE_CACHE_BRANCH)) {
      add(name, Role.CACHE_BRANCH, -1, info, Set.of(OnnxJavaType.BOOL), 1);
    } else if (pastKey >= 0) {
      add(name, Role.PAST_KEY, pastKey, info, FLOATS, 4);
    } else if (pastValue >= 0) {
      add(name, Role.PAST_VALUE, pastValue, info, FLOATS, 4);
    } else {
      throw new InputException(
          "%s needs the input '%s', which llamark does not know; its inputs are %s"
              .formatted(file, name, list(all)));
    }
  }

  private void add(
      String name, Role role, int layer, NodeInfo info, Set<OnnxJavaType> types, int rank) {
    if (!(info.getInfo() instanceof TensorInfo tensor)
        || !types.contains(tensor.type)
        || tensor.getShape().length != rank) {
      throw new InputException(
          "%s: input '%s' must be of rank %d and %s, but is %s"
              .formatted(
                  file,
                  name,
                  rank,
                  types.stream().sorted().map(Enum::name).collect(Collectors.joining(" or ")),
                  info.getInfo()));
    }
    inputs.add(new Input(name, role, layer, tensor.type, tensor.getShape()));
  }

  /** All names; those of layers once, with their number. */
  private String list(Set<String> all) {
    Map<String, Integer> layers = new LinkedHashMap<>();
    for (String name : all) {
      int key = ValueNames.layer(names.pastKey(), name);
      int value = ValueNames.layer(names.pastValue(), name);
      String shown = key >= 0 ? names.pastKey() : value >= 0 ? names.pastValue() : name;
      layers.merge(shown.replace("%d", "N"), 1, Integer::sum);
    }
    return layers.entrySet().stream()
        .map(e -> e.getKey() + (e.getValue() > 1 ? " of %d layers".formatted(e.getValue()) : ""))
        .collect(Collectors.joining(", "));
  }

  /** As a person reads them. */
  String shown() {
    return list(
        inputs.stream()
            .map(Input::name)
            .collect(Collectors.toCollection(java.util.LinkedHashSet::new)));
  }

  List<Input> all() {
    return inputs;
  }

  List<Input> all(Role role) {
    return inputs.stream().filter(input -> input.role() == role).toList();
  }

  boolean has(Role role) {
    return inputs.stream().anyMatch(input -> input.role() == role);
  }

  /** Whether keys and values of earlier tokens can be handed in. */
  boolean hasPast() {
    return has(Role.PAST_KEY);
  }

  ValueNames names() {
    return names;
  }
}
