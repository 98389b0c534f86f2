package mos.results;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A line of {@code translations.jsonl}: one test sentence.
 *
 * @param inherited its translation with inherited weights
 * @param finished its translation after training
 */
public record ExampleTranslation(
    String source, String reference, String inherited, @JsonProperty("final") String finished) {
  /** Name of the file. */
  public static final String FILE_NAME = "translations.jsonl";
}
