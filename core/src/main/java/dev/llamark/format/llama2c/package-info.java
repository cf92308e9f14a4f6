/** Model files of llama2.c, as its first exporter wrote them. */
package dev.llamark.format.llama2c;
