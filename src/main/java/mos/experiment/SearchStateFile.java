package mos.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.search.SearchState;

/** The saved state of a search, together with the settings that it belongs to. */
final class SearchStateFile {
  private final Path file;
  private final BegunWith settings;
  private final Map<String, String> made;

  /**
   * @param settings everything that decides the search
   * @param made what it is made with and from
   */
  SearchStateFile(Path file, BegunWith settings, Map<String, String> made) {
    this.file = file;
    this.made = made;
    this.settings = settings;
  }

  void save(SearchState state) {
    ObjectNode node = Json.object();
    node.set("settings", settings.settings());
    node.set("provenance", Json.tree(made));
    node.set("state", state.toJson());
    AtomicFile.writeString(file, Json.line(node));
  }

  /**
   * The state to continue from.
   *
   * @throws ConfigurationException when it is another search's
   */
  SearchState load() {
    if (!Files.exists(file)) {
      return SearchState.empty();
    }
    JsonNode node = Json.read(file);
    settings.check(node.path("settings"), "search", file);
    return SearchState.fromJson(node.path("state"), file.toString());
  }
}
