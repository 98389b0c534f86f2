package mos.results;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.Map;

/**
 * What {@code validate} found, flat in its object.
 *
 * @param losses by architecture; of random ones also their mean
 */
public record Validation(@JsonAnyGetter @JsonAnySetter Map<String, LossFigures> losses) {
  public Validation {
    losses = losses == null ? Map.of() : losses;
  }
}
