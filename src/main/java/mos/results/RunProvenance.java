package mos.results;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * How a run was made, and how to make it again.
 *
 * @param command for people
 * @param spec the user's name for the hardware that was measured
 * @param data SHA-256 of each part of the data
 * @param run what it was told
 * @param artefacts SHA-256 of what came of it, by name
 * @param settings all, by key, with the values that were in effect
 */
public record RunProvenance(
    String command,
    String spec,
    @JsonProperty("cpuModel") String cpuModel,
    @JsonProperty("logicalCores") Integer logicalCores,
    Integer threads,
    String precision,
    String device,
    String java,
    String libtorch,
    String version,
    Map<String, String> data,
    Told run,
    Map<String, String> artefacts,
    Map<String, Object> settings) {

  /**
   * Files and options of a run.
   *
   * @param task its name
   * @param taskSha256 of its file
   * @param configs SHA-256 of each further file, by path
   * @param options of the command line, by key
   */
  public record Told(
      String task,
      @JsonProperty("task_sha256") String taskSha256,
      Map<String, String> configs,
      Map<String, String> options) {}
}
