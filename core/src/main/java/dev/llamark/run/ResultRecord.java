package dev.llamark.run;

/**
 * One line of a result file. Components are written in their order and in snake case; {@code null}
 * stands for what is not known. Fields may be added later; none ever changes its meaning.
 */
public sealed interface ResultRecord
    permits OpRecord,
        ModelRecord,
        VerifyOpRecord,
        VerifyModelRecord,
        MutantRecord,
        OnnxTestRecord,
        RepeatRecord,
        MachineRecord,
        ClaimRecord,
        PartRecord {

  /** The line's {@code kind}: which of the records it is. */
  String kind();
}
