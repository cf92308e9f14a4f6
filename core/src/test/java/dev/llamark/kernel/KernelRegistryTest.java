package dev.llamark.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.oracle.OracleProvider;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelRegistryTest {

  private final ThreadTeam team = ThreadTeam.single();
  private final SwiGlu ownSwiGlu = (gate, g, up, u, size, out, o) -> {};

  private record Provider(
      String id, Function<ThreadTeam, Kernels> kernels, Optional<Unusable> unusable)
      implements KernelProvider {

    Provider(String id, Kernels kernels) {
      this(id, team -> kernels, Optional.empty());
    }

    @Override
    public Kernels create(ThreadTeam team) {
      return kernels.apply(team);
    }
  }

  @Test
  void missingOperationsAreInheritedAndSaidSo() {
    KernelRegistry registry =
        KernelRegistry.of(
            new OracleProvider(),
            new Provider("mine", Kernels.of("mine").basedOn("oracle").with(ownSwiGlu)));
    Kernels kernels = registry.open("mine", team);
    assertThat(kernels.swiGlu()).isSameAs(ownSwiGlu);
    assertThat(kernels.rope()).isNotNull();
    assertThat(kernels.inherited())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Operation.RMSNORM, "oracle",
                Operation.ROPE, "oracle",
                Operation.MATMUL, "oracle",
                Operation.ATTENTION, "oracle"));
  }

  @Test
  void anOperationCanBeSwappedForAnotherVariants() {
    KernelRegistry registry =
        KernelRegistry.of(
            new OracleProvider(),
            new Provider("mine", Kernels.of("mine").basedOn("oracle").with(ownSwiGlu)));
    Kernels mine = registry.open("mine", team);
    Kernels swapped = mine.with(Operation.SWIGLU, registry.open("oracle", team));
    assertThat(swapped.origin(Operation.SWIGLU)).isEqualTo("oracle");
    assertThat(mine.origin(Operation.SWIGLU)).isEqualTo("mine");
  }

  @Test
  void anUnknownIdIsRefusedWithTheUsableOnes() {
    KernelRegistry registry = KernelRegistry.of(new Provider("mine", Kernels.of("mine")));
    assertThatThrownBy(() -> registry.open("nope", team))
        .isInstanceOf(InputException.class)
        .hasMessage("no variant 'nope'; usable: mine");
  }

  @Test
  void aVariantThatCannotRunIsRefusedWithReasonAndRemedy() {
    KernelRegistry registry =
        KernelRegistry.of(
            new Provider("mine", Kernels.of("mine")),
            new Provider(
                "wide", t -> null, Optional.of(new Unusable("no wide vectors", "buy them"))));
    assertThatThrownBy(() -> registry.open("wide", team))
        .isInstanceOf(EnvironmentException.class)
        .hasMessage("variant 'wide' cannot run: no wide vectors; buy them; usable: mine");
  }

  @Test
  void basesThatFormACircleAreRefused() {
    KernelRegistry registry =
        KernelRegistry.of(
            new Provider("a", Kernels.of("a").basedOn("b")),
            new Provider("b", Kernels.of("b").basedOn("a")));
    assertThatThrownBy(() -> registry.open("a", team))
        .isInstanceOf(InputException.class)
        .hasMessage("variants are based on each other in a circle: a → b → a");
  }

  @Test
  void twoProvidersOfOneIdAreRefused() {
    assertThatThrownBy(
            () ->
                KernelRegistry.of(
                    new Provider("a", Kernels.of("a")), new Provider("a", Kernels.of("a"))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("two providers have the id 'a'");
  }

  @Test
  void kernelsOfAnotherIdThanTheirProvidersAreRefused() {
    KernelRegistry registry = KernelRegistry.of(new Provider("a", Kernels.of("b")));
    assertThatThrownBy(() -> registry.open("a", team))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("create() must return kernels of its id, but they are of 'b'");
  }

  @Test
  void closingAVariantClosesItsBase() {
    boolean[] closed = {false};
    Kernels base = new OracleProvider().create(team).onClose(() -> closed[0] = true);
    KernelRegistry registry =
        KernelRegistry.of(
            new Provider("oracle", base),
            new Provider("mine", Kernels.of("mine").basedOn("oracle").with(ownSwiGlu)));
    registry.open("mine", team).close();
    assertThat(closed[0]).isTrue();
  }

  @Test
  void aServiceThatCannotBeLoadedIsListedByNameAndTheOthersStay(@TempDir Path folder)
      throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(KernelProvider.class.getName()), "no.such.Provider\n");
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, KernelProvider.class.getClassLoader())) {
      List<KernelRegistry.Variant> variants = KernelRegistry.load(loader).variants();
      assertThat(variants).anyMatch(v -> v.id().equals("oracle") && v.usable());
      assertThat(variants)
          .anyMatch(
              v ->
                  v.id().equals("no.such.Provider")
                      && v.unusable().orElseThrow().reason().contains("not found"));
    }
  }

  /** A provider that breaks its contract in one method: it throws, or answers nothing. */
  private record Faulty(String method, boolean throwing) implements KernelProvider {

    private <T> T answer(String asked, T right) {
      if (!asked.equals(method)) {
        return right;
      }
      if (throwing) {
        throw new AssertionError("on purpose");
      }
      return null;
    }

    @Override
    public String id() {
      return answer("id", "faulty");
    }

    @Override
    public Arithmetic arithmetic() {
      return answer("arithmetic", Arithmetic.FLOAT);
    }

    @Override
    public Role role() {
      return answer("role", Role.PEER);
    }

    @Override
    public boolean onRequest() {
      return answer("onRequest", false);
    }

    @Override
    public int vectorBits() {
      return answer("vectorBits", 0);
    }

    @Override
    public Optional<Unusable> unusable() {
      return answer("unusable", Optional.empty());
    }

    @Override
    public Kernels create(ThreadTeam team) {
      return answer("create", Kernels.of("faulty").basedOn("oracle"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "id,true",
    "arithmetic,true",
    "role,true",
    "onRequest,true",
    "vectorBits,true",
    "unusable,true",
    "id,false",
    "arithmetic,false",
    "role,false",
    "unusable,false"
  })
  void aProviderThatDoesNotAnswerIsListedAsBrokenAndTheOthersStay(String method, boolean throwing) {
    KernelRegistry registry = KernelRegistry.of(new OracleProvider(), new Faulty(method, throwing));
    String id = method.equals("id") ? Faulty.class.getName() : "faulty";
    assertThat(registry.variants()).extracting(KernelRegistry.Variant::id).contains("oracle", id);
    String fault = throwing ? "threw java.lang.AssertionError: on purpose" : "returned null";
    assertThatThrownBy(() -> registry.open(id, team))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(Faulty.class.getName() + ": " + method + "() " + fault)
        .hasMessageContaining("mend or remove its jar");
    assertThat(registry.open("oracle", team)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"role", "unusable"})
  void aBrokenProviderDoesNotVanishBehindAnotherOfItsId(String method) {
    Provider sound = new Provider("faulty", Kernels.of("faulty"));
    assertThatThrownBy(() -> KernelRegistry.of(sound, new Faulty(method, true)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("two providers have the id 'faulty'")
        .hasMessageContaining(Faulty.class.getName());
  }

  @ParameterizedTest
  @CsvSource({"true,threw java.lang.AssertionError: on purpose", "false,returned null"})
  void aProviderThatCreatesNoKernelsIsRefusedByName(boolean throwing, String fault) {
    KernelRegistry registry = KernelRegistry.of(new Faulty("create", throwing));
    assertThatThrownBy(() -> registry.open("faulty", team))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "variant 'faulty' cannot be opened: %s: create() %s"
                .formatted(Faulty.class.getName(), fault));
  }

  @Test
  void anIdThatCannotBeTypedIsItsProvidersFault() {
    KernelRegistry registry = KernelRegistry.of(new Provider("a,b", t -> null, Optional.empty()));
    assertThatThrownBy(() -> registry.open(Provider.class.getName(), team))
        .hasMessageContaining("id() must be a word without spaces or commas, but is 'a,b'");
  }

  @Test
  void everythingIsClosedEvenWhereAPartOfItThrows() {
    boolean[] closed = {false};
    Kernels kernels =
        Kernels.of("mine")
            .onClose(
                () -> {
                  throw new IllegalStateException("stuck");
                })
            .onClose(() -> closed[0] = true);
    assertThatThrownBy(kernels::close)
        .isInstanceOf(InputException.class)
        .hasMessage(
            "variant 'mine' cannot be closed: it threw java.lang.IllegalStateException: stuck");
    assertThat(closed[0]).isTrue();
  }
}
