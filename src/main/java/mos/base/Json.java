package mos.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The project's one way to read and write JSON. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS).build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Any value of records, maps, lists, numbers and strings as a tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** One line, no line end. */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not representable as JSON: " + value, e);
    }
  }

  /** Indented, for people. */
  public static String pretty(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not representable as JSON: " + value, e);
    }
  }

  /**
   * Parses one JSON value.
   *
   * @param where names the source in the error message
   */
  public static JsonNode parse(String text, String where) {
    try {
      return MAPPER.readTree(LineReader.withoutMark(text));
    } catch (JsonProcessingException e) {
      throw new MosException(where + ": not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * A tree as a record.
   *
   * @param where names the source in the error message
   */
  public static <T> T as(JsonNode node, Class<T> type, String where) {
    try {
      return MAPPER.treeToValue(node, type);
    } catch (JsonProcessingException e) {
      throw new MosException(
          where + ": not a valid " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
    }
  }

  public static JsonNode read(Path file) {
    try {
      return parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }
}
