package mos.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import mos.base.Json;
import mos.space.SubTransformer;
import mos.train.ReverseTask;

/** Records with something in every component, so that every key is written. */
final class Filled {
  private int next;

  /**
   * A record of that type.
   *
   * @param kind which of the types that a sealed interface permits is taken, from 0
   */
  static <T> T of(Class<T> type, int kind) {
    return type.cast(new Filled().value(type, kind));
  }

  private Object value(Type type, int kind) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return generic.getRawType() == List.class
          ? List.of(value(arguments[0], kind), value(arguments[0], kind))
          : Map.of("a name", value(arguments[1], kind));
    }
    Class<?> one = (Class<?>) type;
    next++;
    if (one == SubTransformer.class) {
      return ReverseTask.SPACE.largest();
    } else if (one.isRecord()) {
      return record(one, kind);
    } else if (one.isSealed()) {
      Class<?>[] permitted = one.getPermittedSubclasses();
      return value(permitted[kind % permitted.length], kind);
    } else if (one.isEnum()) {
      return one.getEnumConstants()[0];
    } else if (one == JsonNode.class) {
      return Json.object().put("any", next);
    } else if (one == int.class || one == Integer.class) {
      return next;
    } else if (one == long.class || one == Long.class) {
      return 5_000_000_000L + next;
    } else if (one == double.class || one == Double.class) {
      return next + 0.25;
    } else if (one == boolean.class || one == Boolean.class) {
      return true;
    } else if (one == String.class || one == Object.class) {
      return "text " + next;
    }
    throw new AssertionError("no value of " + type);
  }

  private Object record(Class<?> type, int kind) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values = Arrays.stream(components).map(c -> value(c.getGenericType(), kind)).toArray();
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(type.toString(), e);
    }
  }
}
