/** The peer {@code openblas}: MatMul of floats by OpenBLAS, from the bytedeco preset. */
package dev.llamark.bench.openblas;
