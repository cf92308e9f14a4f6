package dev.llamark.format;

import java.nio.file.Path;

/**
 * A stretch of a file.
 *
 * @param file that holds it
 * @param offset of its first byte
 * @param length in bytes
 */
public record FileRange(Path file, long offset, long length) {}
