/**
 * The angles of rotary position embedding: how frequencies are scaled ({@link
 * dev.llamark.rope.RopeScaling}), the table of cosines and sines ({@link
 * dev.llamark.rope.RopeTable}), and which elements are turned together ({@link
 * dev.llamark.rope.Pairing}).
 */
package dev.llamark.rope;
