package dev.llamark.verify.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtNativesTest {

  @TempDir private Path folder;

  @Test
  void platformsAreNamedAsInTheJar() {
    assertThat(OrtNatives.platform("Linux", "amd64")).isEqualTo("linux-x64");
    assertThat(OrtNatives.platform("Mac OS X", "aarch64")).isEqualTo("osx-aarch64");
    assertThat(OrtNatives.platform("Windows 11", "amd64")).isEqualTo("win-x64");
    assertThat(OrtNatives.platform("Linux", "riscv64")).isEqualTo("linux-riscv64");
  }

  @Test
  void aPlatformWithoutNativesIsRefusedWithReasonAndRemedy() {
    var given = System.clearProperty("onnxruntime.native.path");
    try {
      assertThat(new OrtNatives("linux-riscv64", folder).find())
          .hasValueSatisfying(
              why -> {
                assertThat(why.reason()).contains("no library for linux-riscv64");
                assertThat(why.remedy()).contains("-Donnxruntime.native.path");
              });
    } finally {
      restore(given);
    }
  }

  @Test
  void aFolderWithoutTheLibraryIsNamed() {
    var given = System.setProperty("onnxruntime.native.path", folder.toString());
    try {
      assertThat(new OrtNatives("linux-x64", folder).find())
          .hasValueSatisfying(
              why ->
                  assertThat(why.reason())
                      .contains(folder.resolve(System.mapLibraryName("onnxruntime")).toString()));
    } finally {
      restore(given);
    }
  }

  @Test
  void librariesAreUnpackedOnceAndMendedWhenCutShort() throws IOException {
    OrtNatives natives =
        new OrtNatives(
            OrtNatives.platform(System.getProperty("os.name"), System.getProperty("os.arch")),
            folder);
    Path unpacked = natives.unpack().orElseThrow();
    Path library = unpacked.resolve(System.mapLibraryName("onnxruntime4j_jni"));
    long size = Files.size(library);
    var written = Files.getLastModifiedTime(library);
    natives.unpack();
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(written);
    Files.write(library, new byte[7]);
    natives.unpack();
    assertThat(library).hasSize(size);
    try (var files = Files.list(unpacked)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsLeftToOnnxRuntime() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(new OrtNatives("linux-x64", file).unpack()).isEmpty();
  }

  private static void restore(String property) {
    if (property == null) {
      System.clearProperty("onnxruntime.native.path");
    } else {
      System.setProperty("onnxruntime.native.path", property);
    }
  }
}
