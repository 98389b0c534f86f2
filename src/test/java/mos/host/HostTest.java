package mos.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostTest {
  private static ProcFile file(String... lines) {
    return new ProcFile(List.of(lines));
  }

  @Test
  void systemFilesAreUnderstood() {
    assertThat(HostLoad.busySeconds(file("cpu  100 20 30 4000 50 1 2 7 0 0", "cpu0 1")))
        .isCloseTo(1.6, within(1e-12));
    assertThat(HostLoad.busySeconds(file("nothing"))).isNaN();
    assertThat(HostLoad.busySeconds(file())).isNaN();
    assertThat(HostLoad.clockMhz(file("cpu MHz\t\t: 2000.0", "x", "cpu MHz : 3000")))
        .isEqualTo(2500);
    assertThat(HostLoad.clockMhz(file())).isNaN();
    assertThat(Host.availableBytes(file("MemFree: 1 kB", "MemAvailable:   2048 kB")))
        .isEqualTo(2 << 20);
    assertThat(Host.availableBytes(file("MemAvailable: x"))).isZero();
  }

  @Test
  void otherProgramsAreNoticed() {
    HostLoad quiet = new HostLoad(0.01, Double.NaN, Double.NaN);
    assertThat(quiet.describe()).isEqualTo("other programs used 0.01 cores");
    assertThat(new HostLoad(0.8, 2000, 1).describe()).contains("may be too long");
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(ProcFile.read("no/such/file").lines()).isEmpty();
    assertThat(ThisProcess.folderOf("libnothing.so")).isEmpty();
    assertThat(Host.probe().cores()).isPositive();
    // Linux tells both, other systems neither.
    assertThat(Double.isNaN(ThisProcess.peakMemoryMb()))
        .isEqualTo(ProcFile.read("self/status").lines().isEmpty());
  }
}
