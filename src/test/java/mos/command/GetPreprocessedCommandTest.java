package mos.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DownloadSettings;
import mos.config.Settings;
import mos.fetch.RetryPolicy;
import mos.results.DownloadFigures;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GetPreprocessedCommandTest {
  private final GetPreprocessedCommand task =
      new GetPreprocessedCommand(new RetryPolicy(1, Duration.ZERO, Duration.ofSeconds(10)));

  @TempDir Path folder;

  private HttpServer server;
  private byte[] archive;

  /** The ranges that were asked for, and the bytes after which the network breaks. */
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  private volatile int cut = Integer.MAX_VALUE;

  @BeforeEach
  void start() throws IOException {
    archive = tgz("./dict.en.txt", "./train.en-de.en.bin");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/data.tgz",
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          asked.add(String.valueOf(range));
          int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
          exchange.getResponseHeaders().set("ETag", "\"a\"");
          if (range != null) {
            String rest = from + "-" + (archive.length - 1) + "/" + archive.length;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + rest);
          }
          exchange.sendResponseHeaders(range == null ? 200 : 206, archive.length - from);
          exchange.getResponseBody().write(archive, from, Math.min(cut, archive.length - from));
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static byte[] tgz(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (String name : names) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(5);
        tar.putArchiveEntry(entry);
        tar.write("hello".getBytes(StandardCharsets.UTF_8));
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/data.tgz?dl=1";
  }

  private Path data() {
    return folder.resolve("binary/wmt");
  }

  private DownloadFigures run(Map<String, String> more) {
    Map<String, String> options = new HashMap<>(more);
    options.putIfAbsent("data", data().toString());
    return task.run(AllSettings.load(List.of(), options));
  }

  private String sha256() throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
  }

  @Test
  void dataAreFetchedCheckedAndUnpacked() throws Exception {
    DownloadFigures figures =
        run(Map.of("data-url", url(), "data-sha256", sha256(), "data-size", "" + archive.length));
    assertThat(data().resolve("dict.en.txt")).hasContent("hello");
    assertThat(figures.checked()).isTrue();
    assertThat(figures.files()).isEqualTo(2);
    assertThat(task.describe(figures)).contains("2 files").contains("SHA-256 as expected");
    try (Stream<Path> left = Files.list(data().getParent())) {
      assertThat(left).containsExactly(data());
    }
  }

  @Test
  void finishedWorkIsNotRedone() {
    run(Map.of("url", url()));
    server.stop(0);
    assertThat(run(Map.of("url", url())).alreadyThere()).isTrue();
  }

  @Test
  void anotherAddressIsNotCheckedAgainstTheTasksOwn() {
    Map<String, String> options =
        Map.of("url", url(), "data-url", "http://nowhere/", "data-sha256", "0".repeat(64));
    assertThat(task.describe(run(options))).contains("no SHA-256 is known");
  }

  @Test
  void networkThatBreaksCostsNoByteAndTheSameCommandContinues() throws Exception {
    Map<String, String> options = Map.of("url", url(), "sha256", sha256());
    cut = 100;
    assertThatThrownBy(() -> run(options))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("after 1 tries; run again to continue");
    assertThat(data()).doesNotExist();
    cut = 20;
    assertThatThrownBy(() -> run(options)).isInstanceOf(MosException.class);
    cut = Integer.MAX_VALUE;
    assertThat(run(options).checked()).isTrue();
    assertThat(asked).containsExactly("null", "bytes=100-", "bytes=120-");
    assertThat(data().resolve("dict.en.txt")).hasContent("hello");
    try (Stream<Path> left = Files.list(data().getParent())) {
      assertThat(left).containsExactly(data());
    }
  }

  @Test
  void wrongChecksumLeavesNoData() {
    assertThatThrownBy(() -> run(Map.of("url", url(), "sha256", "0".repeat(64))))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("SHA-256");
    assertThat(data()).doesNotExist();
  }

  @Test
  void foreignFolderIsNotTouched() throws IOException {
    Files.createDirectories(data());
    Files.writeString(data().resolve("mine"), "x");
    assertThatThrownBy(() -> run(Map.of("url", url()))).hasMessageContaining("is there already");
  }

  @Test
  void archiveOfOtherThingsIsAnError() throws IOException {
    archive = tgz("a.txt");
    assertThatThrownBy(() -> run(Map.of("url", url()))).hasMessageContaining("no dictionaries");
  }

  @Test
  void addressIsNeeded() {
    assertThatThrownBy(() -> run(Map.of("task", "sample")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("data-url: not given");
  }

  @Test
  void everyPublishedTaskHasAnAddressThatItsFolderMatches() {
    for (String name : List.of("wmt14.en-de", "wmt14.en-fr", "wmt19.en-de", "iwslt14.de-en")) {
      Settings settings =
          AllSettings.load(List.of(Path.of("configs/tasks", name + ".yml")), Map.of());
      String folderName = settings.get(DataSettings.DATA).getFileName().toString();
      assertThat(settings.get(DownloadSettings.DATA_URL))
          .startsWith("https://www.dropbox.com/s/")
          .contains("/" + folderName + ".");
    }
  }

  @Test
  void namedTaskGivesWhatIsNotGiven() {
    DownloadFigures figures = run(Map.of("task", "wmt14.en-de", "url", url()));
    assertThat(figures.files()).isEqualTo(2);
    assertThatThrownBy(() -> run(Map.of("task", "nope")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("wmt14.en-de");
  }
}
