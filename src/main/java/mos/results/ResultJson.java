package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.file.Path;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.LineReader;
import mos.base.MosException;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;

/** Results as JSON, and back. */
public final class ResultJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          // Later versions may tell more.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .addModule(
              new SimpleModule()
                  .addSerializer(SubTransformer.class, new ArchitectureWriter())
                  .addDeserializer(SubTransformer.class, new ArchitectureReader()))
          .build();

  private ResultJson() {}

  /** A result as a tree. */
  public static JsonNode tree(Object result) {
    return MAPPER.valueToTree(result);
  }

  /** One line, no line end. */
  public static String line(Object result) {
    try {
      return MAPPER.writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not representable as JSON: " + result, e);
    }
  }

  /** Indented, for people. */
  public static String pretty(Object result) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not representable as JSON: " + result, e);
    }
  }

  /** Writes a file that holds one result, indented; complete or not at all. */
  public static void write(Path file, Object result) {
    AtomicFile.writeString(file, pretty(result));
  }

  /**
   * Reads a file that holds one result.
   *
   * @throws MosException when it cannot be read, is not valid JSON, or is no such result, naming
   *     what is missing or of the wrong kind
   */
  public static <T> T read(Path file, Class<T> type) {
    return as(Json.read(file), type, file.toString());
  }

  /**
   * A tree as a result.
   *
   * @param where names the source in messages
   * @throws MosException as {@link #read}
   */
  public static <T> T as(JsonNode tree, Class<T> type, String where) {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw invalid(e, type.getSimpleName(), where);
    }
  }

  /** One JSON text as a result; see {@link #as}. */
  public static <T> T parse(String text, Class<T> type, String where) {
    try {
      return MAPPER.readValue(LineReader.withoutMark(text), type);
    } catch (JsonProcessingException e) {
      throw invalid(e, type.getSimpleName(), where);
    }
  }

  /** A tree as a list or map of results. */
  public static <T> T as(JsonNode tree, TypeReference<T> type, String where) {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw invalid(e, type.getType().getTypeName(), where);
    }
  }

  private static MosException invalid(JsonProcessingException e, String type, String where) {
    String problem = e.getOriginalMessage().lines().findFirst().orElse("");
    return new MosException(where + ": not a valid " + type + ": " + problem, e);
  }

  private static final class ArchitectureWriter extends StdSerializer<SubTransformer> {
    private static final long serialVersionUID = 1;

    ArchitectureWriter() {
      super(SubTransformer.class);
    }

    @Override
    public void serialize(SubTransformer value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeTree(ConfigurationDictionary.toJson(value));
    }
  }

  private static final class ArchitectureReader extends StdDeserializer<SubTransformer> {
    private static final long serialVersionUID = 1;

    ArchitectureReader() {
      super(SubTransformer.class);
    }

    @Override
    public SubTransformer deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return ConfigurationDictionary.fromJson(parser.readValueAsTree(), "architecture");
    }
  }
}
