package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import mos.base.Json;

/**
 * What one command line did.
 *
 * @param code its exit code
 * @param out all of its standard output
 * @param err all of its standard error
 */
record CommandLineRun(int code, String out, String err) {

  /** Runs a command line in this process, with both streams caught. */
  static CommandLineRun of(Object... words) {
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PrintStream caughtOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream caughtErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(caughtOut);
      System.setErr(caughtErr);
      int code = Main.execute(Arrays.stream(words).map(Object::toString).toArray(String[]::new));
      return new CommandLineRun(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }

  CommandLineRun succeeded() {
    assertThat(code).as("%s", this).isZero();
    return this;
  }

  /** The single JSON object that is all of standard output. */
  JsonNode json() {
    succeeded();
    assertThat(out).endsWith("\n").startsWith("{");
    // A second value behind the first is an error of parse.
    JsonNode object = Json.parse(out, "standard output");
    assertThat(object.isObject()).isTrue();
    return object;
  }

  /** Fails with this code, one message that has all of {@code parts}, and no stack trace. */
  void failed(int expected, String... parts) {
    assertThat(code).as("%s", this).isEqualTo(expected);
    assertThat(out).isEmpty();
    assertThat(err).doesNotContain("\tat ").doesNotContain("Exception").contains("mos: ");
    assertThat(err.substring(err.lastIndexOf("mos: "))).contains(parts);
  }
}
