package mos.port;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.port.PickledNames.Named;

/** Makes the values that {@link PickledNames} stand for. */
final class PickleObjects {
  /** A numpy type, such as f8; its byte order comes with {@link #build}. */
  private record NumpyType(String code) {}

  /** An object that is nothing but its attributes. */
  private static final class Attributes extends LinkedHashMap<Object, Object> {
    private static final long serialVersionUID = 1;
  }

  private final PickleInput input;
  private final TorchStorage.Source storages;

  PickleObjects(PickleInput input, TorchStorage.Source storages) {
    this.input = input;
    this.storages = storages;
  }

  /** The value of {@code callable(*arguments)}. */
  Object call(Object callable, Object arguments) {
    if (!(callable instanceof Named named) || !(arguments instanceof List<?> list)) {
      throw input.error("a call of what is no known name");
    }
    return switch (named.kind()) {
      case ORDERED_DICT, DICT -> map(list);
      case RECORD -> new Attributes();
      case LIST -> new ArrayList<>(list.isEmpty() ? List.of() : list(list, 0, named));
      case SIZE -> list(list, 0, named);
      case SET -> set(list.isEmpty() ? List.of() : list(list, 0, named));
      case REBUILD_TENSOR -> tensor(list, named);
      case REBUILD_PARAMETER -> argument(list, 0, TorchTensor.class, named);
      case NUMPY_DTYPE -> new NumpyType(argument(list, 0, String.class, named));
      case NUMPY_SCALAR -> scalar(list, named);
      case ENCODE -> argument(list, 0, String.class, named).getBytes(StandardCharsets.ISO_8859_1);
      case STORAGE -> throw input.error(named.name() + " made without a persistent id: refused");
    };
  }

  /** Applies an object's state. */
  void build(Object object, Object state) {
    if (object instanceof NumpyType) {
      if (!(state instanceof List<?> list) || list.size() < 2 || list.get(1).equals(">")) {
        throw input.error("numpy.dtype: must be little-endian");
      }
    } else if (object instanceof Map<?, ?> && state instanceof Map<?, ?> attributes) {
      // The attributes of an OrderedDict (a state dict's _metadata) are no entries of it.
      if (object instanceof Attributes record) {
        attributes.forEach((name, value) -> record.put(key(name), value));
      }
    } else {
      throw input.error("a state for a value that has none");
    }
  }

  /** Lets pass as a key only what cannot hold other values, so that hashing never goes deep. */
  Object key(Object value) {
    if (value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean) {
      return value;
    }
    throw input.error("a key that is neither text nor a number");
  }

  /** A storage by its persistent id: ("storage", class, key, location, elements, [None]). */
  TorchStorage storage(Object id) {
    if (id instanceof List<?> list
        && (list.size() == 5 || (list.size() == 6 && list.get(5) == null))
        && "storage".equals(list.get(0))
        && list.get(1) instanceof Named named
        && named.kind() == PickledNames.STORAGE
        && list.get(2) instanceof String key
        && list.get(4) instanceof Long elements) {
      TorchStorage storage =
          new TorchStorage(key, TorchType.ofStorage(named.name()), elements, storages);
      storages.mentioned(storage);
      return storage;
    }
    throw input.error("a persistent id that is no storage");
  }

  private Map<Object, Object> map(List<?> arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (!arguments.isEmpty()) {
      if (!(arguments.get(0) instanceof List<?> pairs)) {
        throw input.error("a dictionary made of what is no list of pairs");
      }
      for (Object pair : pairs) {
        if (!(pair instanceof List<?> two) || two.size() != 2) {
          throw input.error("a dictionary made of what is no list of pairs");
        }
        map.put(key(two.get(0)), two.get(1));
      }
    }
    return map;
  }

  private Set<Object> set(List<?> items) {
    Set<Object> set = new LinkedHashSet<>();
    items.forEach(item -> set.add(key(item)));
    return set;
  }

  private TorchTensor tensor(List<?> arguments, Named named) {
    return new TorchTensor(
        argument(arguments, 0, TorchStorage.class, named),
        argument(arguments, 1, Long.class, named),
        longs(list(arguments, 2, named), named),
        longs(list(arguments, 3, named), named));
  }

  private List<Long> longs(List<?> values, Named named) {
    List<Long> longs = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      longs.add(argument(values, i, Long.class, named));
    }
    return longs;
  }

  private Object scalar(List<?> arguments, Named named) {
    String code = argument(arguments, 0, NumpyType.class, named).code();
    ByteBuffer data =
        ByteBuffer.wrap(argument(arguments, 1, byte[].class, named)).order(ByteOrder.LITTLE_ENDIAN);
    if (code.length() != 2 || data.capacity() != code.charAt(1) - '0') {
      throw input.error("numpy scalar of type " + code + " in " + data.capacity() + " bytes");
    }
    return switch (code) {
      case "f8" -> data.getDouble();
      case "f4" -> (double) data.getFloat();
      case "i8", "u8" -> data.getLong();
      case "i4" -> (long) data.getInt();
      case "u4" -> data.getInt() & 0xffffffffL;
      case "i2" -> (long) data.getShort();
      case "i1" -> (long) data.get();
      case "u1" -> data.get() & 0xffL;
      case "b1" -> data.get() != 0;
      default -> throw input.error("numpy scalar of type " + code + ": not known");
    };
  }

  private List<?> list(List<?> arguments, int index, Named named) {
    return argument(arguments, index, List.class, named);
  }

  private <T> T argument(List<?> arguments, int index, Class<T> type, Named named) {
    if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
      throw input.error(named.name() + ": argument " + (index + 1) + " is missing or wrong");
    }
    return type.cast(arguments.get(index));
  }
}
