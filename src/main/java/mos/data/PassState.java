package mos.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.AtomicFile;
import mos.base.Json;

/**
 * How far a pass over a parallel text is, for it to go on after the process was killed.
 *
 * @param read sentence pairs of the input that are done
 * @param kept of them written
 * @param done whether the input was read to its end
 */
record PassState(long read, long kept, Side source, Side target, boolean done) {
  static final PassState START = new PassState(0, 0, Side.START, Side.START, false);

  /**
   * What was written of one side.
   *
   * @param bytes of the file, whole sentences
   * @param tokens with EOS, where they are counted
   * @param unknown words that the dictionary did not know
   */
  record Side(long bytes, long tokens, long unknown) {
    static final Side START = new Side(0, 0, 0);

    Side plus(long moreBytes, long moreTokens, long moreUnknown) {
      return new Side(bytes + moreBytes, tokens + moreTokens, unknown + moreUnknown);
    }
  }

  PassState finished() {
    return new PassState(read, kept, source, target, true);
  }

  /** What {@link #save} wrote, else the start. */
  static PassState load(Path file) {
    if (!Files.exists(file)) {
      return START;
    }
    JsonNode saved = Json.read(file);
    return new PassState(
        saved.path("read").asLong(),
        saved.path("kept").asLong(),
        side(saved.path("source")),
        side(saved.path("target")),
        saved.path("done").asBoolean());
  }

  private static Side side(JsonNode saved) {
    return new Side(
        saved.path("bytes").asLong(),
        saved.path("tokens").asLong(),
        saved.path("unknown").asLong());
  }

  void save(Path file) {
    AtomicFile.writeString(file, Json.line(this));
  }
}
