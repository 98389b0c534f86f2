package mos.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * A file of the folder {@code stages}: what one stage of a run was told and gave.
 *
 * @param fingerprint of the settings that decide its result, and of the stages before
 * @param settings these settings, by key
 * @param finished whether it ended
 * @param seconds that it took, interruptions included
 * @param command its command line
 * @param provenance versions
 * @param figures its result, in the form of its command's; null while it is not finished
 * @param products bytes of the files that it made, by name; null likewise
 */
public record StageRecord(
    String stage,
    String fingerprint,
    Map<String, String> settings,
    boolean finished,
    double seconds,
    List<String> command,
    Map<String, String> provenance,
    JsonNode figures,
    Map<String, Long> products) {

  /** {@link #settings}, none where the record does not tell. */
  public Map<String, String> told() {
    return settings == null ? Map.of() : settings;
  }

  /** {@link #products}, none where the record does not tell. */
  public Map<String, Long> made() {
    return products == null ? Map.of() : products;
  }

  /** The same with another result. */
  public StageRecord with(JsonNode other) {
    return new StageRecord(
        stage, fingerprint, settings, finished, seconds, command, provenance, other, products);
  }
}
