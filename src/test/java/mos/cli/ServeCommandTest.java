package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.translation.RandomModel;
import mos.web.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ServeCommandTest {
  private static final Pattern ADDRESS = Pattern.compile("at (http://\\S+/)");

  @TempDir Path folder;

  private static int port(RunProcess server) throws IOException, InterruptedException {
    while (server.handle().isAlive()) {
      Matcher address = ADDRESS.matcher(server.output());
      if (address.find()) {
        return URI.create(address.group(1)).getPort();
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new AssertionError(server.output());
  }

  private static String get(int port, String path) throws IOException {
    return RawClient.ask(port, "GET", path, null, null);
  }

  @Test
  void sigtermAnswersWhatIsHereRefusesOthersAndEnds() throws Exception {
    Path model = RandomModel.in(folder);
    try (RunProcess server =
        RunProcess.start(folder.resolve("log"), "serve", model, "--port", 0, "--device", "cpu")) {
      int port = port(server);
      String body = "{\"q\":\"" + "The cat's mat\\n".repeat(300) + "\"}";
      CompletableFuture<String> here =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return RawClient.post(port, "/translate", body);
                } catch (IOException e) {
                  return e.toString();
                }
              });
      while (!get(port, "/metrics").contains("mos_requests_working 1")) {
        assertThat(here).isNotDone();
      }
      server.handle().destroy();
      TimeUnit.MILLISECONDS.sleep(300);
      assertThat(here).isNotDone();
      assertThat(RawClient.post(port, "/translate", "{\"q\":\"x\"}")).startsWith("HTTP/1.1 503");
      assertThat(here.get()).startsWith("HTTP/1.1 200").contains("translatedText");
      // 128 + 15: ended by SIGTERM
      assertThat(server.await(30)).isEqualTo(143);
      assertThatThrownBy(() -> get(port, "/health")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aRunsFolderShowsItsReport() throws Exception {
    Path run = Files.createDirectories(folder.resolve("run"));
    Files.writeString(run.resolve("summary.json"), "{\"task\":\"my task\"}");
    try (RunProcess server =
        RunProcess.start(folder.resolve("log"), "serve", run, "--port", 0, "--host", "0.0.0.0")) {
      int port = port(server);
      assertThat(server.output()).contains("no password");
      assertThat(get(port, "/")).startsWith("HTTP/1.1 200").contains("my task");
      assertThat(get(port, "/health")).startsWith("HTTP/1.1 200");
      assertThat(RawClient.post(port, "/translate", "{}")).startsWith("HTTP/1.1 404");
      Files.writeString(run.resolve("summary.json"), "{\"task\":\"another\"}");
      assertThat(get(port, "/")).contains("another").doesNotContain("my task");
    }
  }

  @Test
  void mistakesAreSaid() throws IOException {
    CommandLineRun.of("serve").failed(2, "folder is needed");
    CommandLineRun.of("serve", folder.resolve("none")).failed(2, "folder: got");
    CommandLineRun.of("serve", folder, "--folder", folder).failed(2, "need one");
    CommandLineRun.of("serve", folder, "--port", 70000).failed(2, "port: got 70000");
    CommandLineRun.of("serve", folder, "--long-lines", "cut").failed(2, "split, truncate");
    Path broken = Files.createDirectories(folder.resolve("broken"));
    Files.writeString(broken.resolve("config.json"), "{}");
    CommandLineRun.of("serve", broken, "--port", 0).failed(1, "config.json");
  }
}
