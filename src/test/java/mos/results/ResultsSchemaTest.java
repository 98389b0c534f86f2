package mos.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import mos.base.MosException;
import mos.space.SubTransformer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every record of the package as a file: what is written is read, and its keys are those of a list,
 * so that a component that is renamed is noticed. The lists are written anew by {@code mvn test
 * -Dtest=ResultsSchemaTest -Dmos.results.write=true}; files that users have must then still be
 * read.
 */
class ResultsSchemaTest {
  private static final Path KEYS = Path.of("src/test/resources/results");

  /** Sealed interfaces permit no more types than these. */
  private static final int KINDS = 2;

  /** The package's own records; those inside of others are met in these. */
  private static final List<Class<?>> RECORDS =
      new ClassFileImporter()
              .withImportOption(new ImportOption.DoNotIncludeTests())
              .importPackages("mos.results")
              .stream()
              .filter(c -> c.isRecord() && c.isTopLevelClass())
              .<Class<?>>map(JavaClass::reflect)
              .toList();

  @TempDir Path folder;

  static List<Class<?>> records() {
    return RECORDS;
  }

  private static ObjectNode tree(Class<?> type, int kind) {
    return (ObjectNode) ResultJson.tree(Filled.of(type, kind));
  }

  @ParameterizedTest
  @MethodSource("records")
  void whatIsWrittenIsRead(Class<?> type) {
    for (int kind = 0; kind < KINDS; kind++) {
      Object written = Filled.of(type, kind);
      Path file = folder.resolve("f.json");
      ResultJson.write(file, written);
      assertThat(ResultJson.read(file, type)).isEqualTo(written);
      Object line = ResultJson.parse(ResultJson.line(written), type, "line");
      assertThat(line).isEqualTo(written);
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void keysAreThoseOfTheList(Class<?> type) throws IOException {
    Set<String> keys = new TreeSet<>();
    for (int kind = 0; kind < KINDS; kind++) {
      keys(type, tree(type, kind), "", keys);
    }
    Path list = KEYS.resolve(type.getSimpleName() + ".keys");
    if (Boolean.getBoolean("mos.results.write")) {
      Files.createDirectories(KEYS);
      Files.write(list, keys);
    }
    assertThat(keys).containsExactlyElementsOf(Files.readAllLines(list));
  }

  @Test
  void everyListHasItsRecord() throws IOException {
    List<String> names =
        records().stream().map(type -> type.getSimpleName() + ".keys").sorted().toList();
    try (Stream<Path> lists = Files.list(KEYS)) {
      assertThat(lists.map(list -> list.getFileName().toString()).sorted()).isEqualTo(names);
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void unknownKeysAreIgnored(Class<?> type) {
    if (takesEveryKey(type)) {
      return;
    }
    for (int kind = 0; kind < KINDS; kind++) {
      ObjectNode tree = tree(type, kind);
      walk(
          type,
          tree,
          (component, object) -> {
            if (!takesEveryKey(component.getDeclaringRecord())) {
              object.put("of_a_later_version", 1);
            }
          });
      Object read = ResultJson.as(tree, type, "f.json");
      assertThat(read).isEqualTo(Filled.of(type, kind));
    }
  }

  private static boolean takesEveryKey(Class<?> type) {
    return Stream.of(type.getRecordComponents())
        .anyMatch(one -> one.getAccessor().isAnnotationPresent(JsonAnyGetter.class));
  }

  @ParameterizedTest
  @MethodSource("records")
  void missingPrimitiveIsNamedWithItsFile(Class<?> type) {
    for (int kind = 0; kind < KINDS; kind++) {
      ObjectNode tree = tree(type, kind);
      walk(
          type,
          tree,
          (component, object) -> {
            if (component.getType().isPrimitive()) {
              String key = key(component);
              JsonNode value = object.get(key);
              object.remove(key);
              assertThatThrownBy(() -> ResultJson.as(tree, type, "there/f.json"))
                  .as(key)
                  .isInstanceOf(MosException.class)
                  .hasMessageContaining("there/f.json: ")
                  .hasMessageContaining(key);
              object.put(key, "no such value");
              assertThatThrownBy(() -> ResultJson.as(tree, type, "there/f.json"))
                  .as(key)
                  .isInstanceOf(MosException.class)
                  .hasMessageContaining("there/f.json: ")
                  .hasMessageContaining(key);
              object.set(key, value);
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void everythingElseMayBeMissing(Class<?> type) {
    ObjectNode tree = tree(type, 0);
    for (RecordComponent component : type.getRecordComponents()) {
      if (!component.getType().isPrimitive()
          && component.getAccessor().getAnnotation(JsonUnwrapped.class) == null) {
        ObjectNode less = tree.deepCopy();
        less.remove(key(component));
        ResultJson.as(less, type, "f.json");
      }
    }
  }

  private static void keys(Class<?> type, JsonNode tree, String path, Set<String> into) {
    for (var entry : tree.properties()) {
      String key = path + entry.getKey();
      into.add(key);
      nested(type, entry.getValue(), key, into);
    }
  }

  private static void nested(Class<?> type, JsonNode value, String path, Set<String> into) {
    if (value.isArray() && !value.isEmpty()) {
      nested(type, value.get(0), path + "[]", into);
    } else if (value.isObject() && !path.endsWith("architecture")) {
      value
          .properties()
          .forEach(
              entry -> {
                into.add(path + "." + entry.getKey());
                nested(type, entry.getValue(), path + "." + entry.getKey(), into);
              });
    }
  }

  /** Every component that a tree holds, with the object that has its key. */
  private static void walk(
      Class<?> type, JsonNode tree, BiConsumer<RecordComponent, ObjectNode> found) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getAccessor().getAnnotation(JsonUnwrapped.class) != null) {
        walk(component.getType(), tree, found);
      } else {
        JsonNode value = tree.path(key(component));
        inside(component.getGenericType(), value, found);
        found.accept(component, (ObjectNode) tree);
      }
    }
  }

  private static void inside(
      Type type, JsonNode value, BiConsumer<RecordComponent, ObjectNode> found) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      value.forEach(element -> inside(arguments[arguments.length - 1], element, found));
    } else if (type instanceof Class<?> one && one.isRecord() && one != SubTransformer.class) {
      walk(one, value, found);
    } else if (type instanceof Class<?> one && one.isSealed()) {
      for (Class<?> permitted : one.getPermittedSubclasses()) {
        if (Stream.of(permitted.getRecordComponents()).allMatch(c -> value.has(key(c)))) {
          walk(permitted, value, found);
        }
      }
    }
  }

  private static String key(RecordComponent component) {
    JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
    if (named != null) {
      return named.value();
    }
    boolean plain = component.getDeclaringRecord().isAnnotationPresent(JsonNaming.class);
    return plain ? component.getName() : new SnakeCaseStrategy().translate(component.getName());
  }

  /** Runs of versions before: every file is read, and no key of it is lost. */
  @ParameterizedTest
  @ValueSource(strings = {"run-1", "run-2"})
  void filesOfVersionsBeforeAreRead(String run) throws IOException {
    assertThat(ResultFiles.problems(Path.of("src/test/resources/formats", run))).isEmpty();
  }
}
