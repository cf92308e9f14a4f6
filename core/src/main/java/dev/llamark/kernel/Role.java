package dev.llamark.kernel;

/** What a variant is for, and so what its errors mean. */
public enum Role {
  /** Under test: its errors fail the run. */
  VARIANT,
  /** Another library, for comparison: its errors are shown and never gate. */
  PEER,
  /** The specification itself, in double, for substitution; never listed among the variants. */
  ORACLE
}
