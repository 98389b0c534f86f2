package mos.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import mos.command.DoctorCommand;
import mos.host.Host;
import mos.results.DoctorFigures;
import mos.tensor.NativeReport;
import org.junit.jupiter.api.Test;

class MachineCheckTest {
  private static final long GIB = 1L << 30;
  private static final Host HOST = new Host("Some CPU", 8, 32 * GIB, 16 * GIB, "2.36", List.of());

  private static NativeReport natives(String error, boolean cuda) {
    String cache = System.getProperty("java.io.tmpdir");
    return new NativeReport(
        "linux-x86_64", "1", error, cache, Map.of(), 8, "AVX2", Map.of("CUDA", cuda), false);
  }

  private static List<Diagnosis.Problem> diagnose(Host host, NativeReport natives) {
    return Diagnosis.of(17, host, natives, 10 * GIB);
  }

  @Test
  void thisMachineIsDescribed() {
    DoctorFigures figures = MachineCheck.here().run();
    assertThat(figures.ok()).isTrue();
    assertThat(figures.cpu().threads()).isPositive();
    assertThat(figures.memory().totalBytes()).isPositive();
    assertThat(figures.natives().from()).contains("pytorch");
    assertThat(new DoctorCommand().describe(figures))
        .contains("libtorch")
        .contains("+OpenMP")
        .contains("libtorch, a matrix product, works");
  }

  private static NativeReport withGpu() {
    String cache = System.getProperty("java.io.tmpdir");
    return new NativeReport(
        "linux-x86_64", "1", "", cache, Map.of(), 8, "AVX2", Map.of("CUDA", true), true);
  }

  private static DoctorFigures tried(NativeReport natives, Trial... trials) {
    return new MachineCheck(() -> HOST, () -> natives, () -> List.of(trials)).run();
  }

  @Test
  void whatTrainingNeedsIsTriedAndWhatIsMissingNamed() {
    Trial nvrtc =
        new Trial(
            "NVRTC, the kernels of training",
            true,
            () -> {
              throw new ExceptionInInitializerError(
                  new UnsatisfiedLinkError("no jninvrtc in java.library.path: /usr/lib"));
            });
    Trial library =
        new Trial(
            "a product",
            true,
            () -> {
              throw new UnsatisfiedLinkError("libcublas.so.13: cannot open shared object file");
            });
    Trial wrong = new Trial("a sum", true, () -> false);
    Trial fine = new Trial("libtorch, a matrix product", false, () -> true);
    DoctorFigures figures = tried(withGpu(), fine, nvrtc, library, wrong);
    assertThat(figures.ok()).isFalse();
    assertThat(new DoctorCommand().describe(figures))
        .doesNotContain("Nothing is wrong")
        .contains("libtorch, a matrix product, works")
        .contains("NVRTC, the kernels of training, FAILS")
        .contains("error: NVRTC, the kernels of training does not work: UnsatisfiedLinkError: no")
        .contains("the library jninvrtc belongs to a build for GPUs: MOS_GPU=1 ./mos doctor")
        .contains("MOS_LIBTORCH")
        .contains("a sum does not work: the result is wrong");
    // Without a GPU there is nothing to try on it.
    assertThat(tried(natives("", false), fine, nvrtc).ok()).isTrue();
  }

  @Test
  void allThatIsTriedHasAName() {
    assertThat(Trial.all()).extracting(Trial::what).doesNotHaveDuplicates().hasSizeGreaterThan(4);
  }

  @Test
  void nativesThatDoNotLoadAreAFailureAndNoCrash() {
    DoctorFigures figures =
        new MachineCheck(() -> HOST, () -> natives("no jnitorch in path", false), List::of).run();
    assertThat(figures.ok()).isFalse();
    assertThat(new DoctorCommand().describe(figures))
        .contains("NOT LOADED")
        .contains("error: libtorch does not load: no jnitorch in path")
        .contains("mend: ");
  }

  @Test
  void healthyMachineHasNoProblem() {
    assertThat(diagnose(HOST, natives("", false))).isEmpty();
  }

  @Test
  void eachFaultHasItsRemedy() {
    Host old = new Host("", 1, 8 * GIB, 4 * GIB, "2.31", List.of());
    assertThat(diagnose(old, natives("cannot open", false)))
        .singleElement()
        .matches(problem -> problem.error() && problem.mend().contains("glibc 2.35"));
    Host alpine = new Host("", 1, 8 * GIB, 4 * GIB, "", List.of());
    assertThat(diagnose(alpine, natives("cannot open", false)))
        .singleElement()
        .matches(problem -> problem.mend().contains("Alpine"));
    Host small = new Host("", 1, 8 * GIB, GIB, "2.36", List.of("/dev/nvidia0"));
    assertThat(diagnose(small, natives("", false)))
        .extracting(Diagnosis.Problem::what)
        .satisfiesExactly(
            what -> assertThat(what).contains("1,024 MiB of memory"),
            what -> assertThat(what).contains("those for CPUs"));
    assertThat(Diagnosis.of(11, HOST, natives("", false), 1 << 20))
        .extracting(Diagnosis.Problem::what)
        .satisfiesExactly(
            what -> assertThat(what).contains("Java 11"),
            what -> assertThat(what).contains("1 MiB left"));
  }
}
