package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.LineReader;
import mos.base.MosException;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;

/** Results as JSON, and back. */
public final class ResultJson {
  private static final Pattern TOKEN = Pattern.compile("JsonToken\\.(\\w+)");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .annotationIntrospector(new FlatGroups())
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
      return there(MAPPER.treeToValue(tree, type), where);
    } catch (JsonProcessingException e) {
      throw invalid(e, where);
    }
  }

  /** One JSON text as a result; see {@link #as}. */
  public static <T> T parse(String text, Class<T> type, String where) {
    try {
      return there(MAPPER.readValue(LineReader.withoutMark(text), type), where);
    } catch (JsonProcessingException e) {
      throw invalid(e, where);
    }
  }

  /** A tree as a list or map of results. */
  public static <T> T as(JsonNode tree, TypeReference<T> type, String where) {
    try {
      return there(MAPPER.treeToValue(tree, type), where);
    } catch (JsonProcessingException e) {
      throw invalid(e, where);
    }
  }

  private static <T> T there(T result, String where) {
    if (result == null) {
      throw new MosException(where + ": is empty");
    }
    return result;
  }

  private static MosException invalid(JsonProcessingException e, String where) {
    String problem = e.getOriginalMessage().lines().findFirst().orElse("");
    if (problem.startsWith("Cannot map `null`")) {
      // So Jackson tells of a primitive that is not there.
      problem = "must be there";
    } else if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      problem = "got " + got(problem) + ", need " + need(mismatch.getTargetType());
    }
    return new MosException(where + ": " + place(e) + problem, e);
  }

  private static String got(String problem) {
    Matcher token = TOKEN.matcher(problem);
    return switch (token.find() ? token.group(1) : "") {
      case "START_ARRAY" -> "a list";
      case "START_OBJECT" -> "an object";
      case "VALUE_TRUE", "VALUE_FALSE" -> "a truth value";
      case "VALUE_NUMBER_INT", "VALUE_NUMBER_FLOAT" -> "a number";
      default -> problem.contains("String") ? "text" : "something else";
    };
  }

  private static String need(Class<?> type) {
    if (type == String.class) {
      return "text";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a number";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return type.isEnum() ? "one of the words that are written there" : "an object";
  }

  /** Where in the tree: {@code points[2].loss: }. */
  private static String place(JsonProcessingException e) {
    StringBuilder place = new StringBuilder();
    if (e instanceof JsonMappingException mapping) {
      for (JsonMappingException.Reference one : mapping.getPath()) {
        if (one.getFieldName() == null) {
          place.append('[').append(one.getIndex()).append(']');
        } else if (!one.getFieldName().startsWith(FlatGroups.MARK)) {
          place.append(place.isEmpty() ? "" : ".").append(one.getFieldName());
        }
      }
    }
    return place.isEmpty() ? "" : place + ": ";
  }

  /**
   * A group that stands flat has no key of its own: one inside of it may have the group's name, as
   * {@link Constraints#constraints} has.
   */
  private static final class FlatGroups extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    /** No key begins with it. */
    private static final String MARK = "(";

    @Override
    public PropertyName findNameForSerialization(Annotated one) {
      return flat(one) ? name(one) : super.findNameForSerialization(one);
    }

    @Override
    public PropertyName findNameForDeserialization(Annotated one) {
      return flat(one) ? name(one) : super.findNameForDeserialization(one);
    }

    private static boolean flat(Annotated one) {
      return one.hasAnnotation(JsonUnwrapped.class);
    }

    private static PropertyName name(Annotated one) {
      return PropertyName.construct(MARK + one.getRawType().getSimpleName());
    }
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
