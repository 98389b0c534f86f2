package mos.results;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a file was made from and with.
 *
 * @param with versions, device, hashes of data and parents, by name; flat in the file
 * @param settings of the command that made it, by key
 */
public record Made(
    @JsonAnyGetter @JsonAnySetter Map<String, Object> with, Map<String, Object> settings) {

  /** Nothing is told. */
  public static final Made NOTHING = new Made(Map.of(), null);

  /** Takes nothing for null. */
  public Made {
    with = with == null ? Map.of() : with;
  }

  /** Of names and texts. */
  public static Made of(Map<String, String> with, Map<String, Object> settings) {
    return new Made(new LinkedHashMap<>(with), settings);
  }
}
