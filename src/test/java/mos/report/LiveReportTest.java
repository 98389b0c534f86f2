package mos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import mos.base.MosException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveReportTest {
  @TempDir Path folder;
  private LiveReport live;
  private int port;

  @BeforeEach
  void start() {
    live = LiveReport.start(folder, 0);
    port = URI.create(live.address()).getPort();
  }

  @AfterEach
  void stop() {
    live.close();
  }

  /** The answer to a request as it goes over the wire, for clients tidy paths and hosts up. */
  private String ask(String method, String path, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      String request = method + " " + path + " HTTP/1.1\r\nConnection: close\r\n";
      request += host.isEmpty() ? "\r\n" : "Host: " + host + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String ask(String method, String path) throws IOException {
    return ask(method, path, "127.0.0.1:" + port);
  }

  @Test
  void showsTheReportAsItGrows() throws IOException {
    assertThat(ask("GET", "/"))
        .startsWith("HTTP/1.1 200")
        .contains("nothing yet", "<style>", "./mos report " + folder);
    ExampleFolder.write(folder, "supernet/metrics.jsonl", "{\"update\":1,\"loss\":2.5}\n");
    assertThat(ask("GET", "/"))
        .contains("data-refresh=\"10\"", "SuperTransformer", "has not finished");
    assertThat(ask("HEAD", "/")).startsWith("HTTP/1.1 200").doesNotContain("SuperTransformer");
    assertThat(folder.resolve(ReportPage.FILE_NAME)).doesNotExist();
    ReportPage.write(folder);
    assertThat(folder.resolve(ReportPage.FILE_NAME))
        .content(StandardCharsets.UTF_8)
        .doesNotContain("data-refresh=\"");
  }

  @Test
  void nothingElseIsAnswered() throws IOException {
    ExampleFolder.write(folder, "summary.json", "{\"task\":\"secret\"}");
    for (String path :
        List.of("/summary.json", "/../summary.json", "/%2e%2e/etc/passwd", "/./", "/report")) {
      assertThat(ask("GET", path)).as(path).startsWith("HTTP/1.1 404").doesNotContain("secret");
    }
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")) {
      assertThat(ask(method, "/")).as(method).startsWith("HTTP/1.1 405").doesNotContain("secret");
    }
  }

  @Test
  void otherHostNamesAreRefused() throws IOException {
    for (String host : List.of("evil.example", "evil.example:" + port, "127.0.0.1.evil.example")) {
      assertThat(ask("GET", "/", host)).as(host).startsWith("HTTP/1.1 403");
    }
    assertThat(ask("GET", "/", "")).doesNotStartWith("HTTP/1.1 200");
    assertThat(ask("GET", "/", "localhost:" + port)).startsWith("HTTP/1.1 200");
  }

  @Test
  void onlyThisMachineReachesIt() throws IOException {
    for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : one.inetAddresses().toList()) {
        if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
          assertThatThrownBy(() -> new Socket(address, port).close())
              .as(address.toString())
              .isInstanceOf(IOException.class);
        }
      }
    }
  }

  @Test
  void takenPortIsSaid() {
    assertThatThrownBy(() -> LiveReport.start(folder, port))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("cannot listen on port " + port);
  }
}
