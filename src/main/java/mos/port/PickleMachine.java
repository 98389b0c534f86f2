package mos.port;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads one pickle as data: maps, lists (tuples cannot be changed), text, numbers (Long, or
 * BigInteger where that is too small, and Double), booleans, null and tensors. Knows the opcodes
 * that protocols 2 to 4 write; names stand for a few constructors and run nothing. Memory is
 * bounded by the pickle's size and the number of its opcodes.
 *
 * <p>Source: the opcodes as documented in Python's standard module pickletools.
 */
final class PickleMachine {
  private static final int MAX_OPCODES = 4_000_000;
  private static final int MAX_LONG_BYTES = 64;
  private static final int HIGHEST_PROTOCOL = 5;

  private final PickleInput input;
  private final PickleObjects objects;
  private final List<Object> stack = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private PickleMachine(PickleInput input, TorchStorage.Source storages) {
    this.input = input;
    this.objects = new PickleObjects(input, storages);
  }

  /**
   * Reads one pickle and leaves {@code input} behind it.
   *
   * @param storages where its tensors' elements are
   * @throws mos.base.MosException for a name that is not known, saying which, and for anything that
   *     is no well-formed pickle
   */
  static Object read(PickleInput input, TorchStorage.Source storages) {
    return new PickleMachine(input, storages).run();
  }

  private Object run() {
    for (int opcodes = 0; opcodes < MAX_OPCODES; opcodes++) {
      int opcode = input.unsignedByte();
      if (opcode == '.') {
        return pop();
      }
      if (!constant(opcode) && !container(opcode) && !memory(opcode)) {
        object(opcode);
      }
    }
    throw input.error("a pickle of more than " + MAX_OPCODES + " operations: refused");
  }

  /** Numbers, text and the like. */
  private boolean constant(int opcode) {
    switch (opcode) {
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'K' -> stack.add((long) input.unsignedByte());
      case 'M' -> stack.add((long) input.unsignedShort());
      case 'J' -> stack.add((long) input.int32());
      case 0x8a -> stack.add(integer(input.unsignedByte()));
      case 'G' -> stack.add(input.bigEndianDouble());
      case 'X' -> stack.add(input.text(Integer.toUnsignedLong(input.int32())));
      case 0x8c -> stack.add(input.text(input.unsignedByte()));
      case 0x8d -> stack.add(input.text(input.int64()));
      case 'B' -> stack.add(input.take(Integer.toUnsignedLong(input.int32())));
      case 'C' -> stack.add(input.take(input.unsignedByte()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private Number integer(int length) {
    if (length > MAX_LONG_BYTES) {
      throw input.error("a whole number of " + length + " bytes: refused");
    }
    byte[] bytes = input.take(length);
    for (int i = 0, j = length - 1; i < j; i++, j--) {
      byte swapped = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = swapped;
    }
    BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  /** Lists, tuples, maps, sets. */
  private boolean container(int opcode) {
    switch (opcode) {
      case '(' -> marks.push(stack.size());
      case ']' -> stack.add(new ArrayList<>());
      case '}' -> stack.add(new LinkedHashMap<>());
      case ')' -> stack.add(List.of());
      case 0x8f -> stack.add(new LinkedHashSet<>());
      case 't' -> stack.add(Collections.unmodifiableList(popToMark()));
      case 0x85 -> tuple(1);
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      case 'a' -> addAll(popLast(1));
      case 'e', 0x90 -> addAll(popToMark());
      case 's' -> putAll(popLast(2));
      case 'u' -> putAll(popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void tuple(int size) {
    stack.add(Collections.unmodifiableList(popLast(size)));
  }

  private void addAll(List<Object> items) {
    Object target = top();
    if (target instanceof LinkedHashSet<?>) {
      items.forEach(objects::key);
    } else if (!(target instanceof ArrayList<?>)) {
      throw input.error("an addition to what is no list");
    }
    @SuppressWarnings("unchecked") // both hold any object here
    Collection<Object> collection = (Collection<Object>) target;
    collection.addAll(items);
  }

  private void putAll(List<Object> items) {
    if (!(top() instanceof LinkedHashMap<?, ?>) || items.size() % 2 != 0) {
      throw input.error("an entry for what is no dictionary, or a key without a value");
    }
    @SuppressWarnings("unchecked") // maps hold any object here
    Map<Object, Object> map = (Map<Object, Object>) top();
    for (int i = 0; i < items.size(); i += 2) {
      map.put(objects.key(items.get(i)), items.get(i + 1));
    }
  }

  /** The memo, the stack and the framing. */
  private boolean memory(int opcode) {
    switch (opcode) {
      case 'q' -> memo.put(input.unsignedByte(), top());
      case 'r' -> memo.put(input.int32(), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> stack.add(recall(input.unsignedByte()));
      case 'j' -> stack.add(recall(input.int32()));
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> stack.add(top());
      case 0x95 -> input.int64();
      case 0x80 -> {
        int protocol = input.unsignedByte();
        if (protocol < 2 || protocol > HIGHEST_PROTOCOL) {
          throw input.error("pickle protocol " + protocol + ", must be 2 to " + HIGHEST_PROTOCOL);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private Object recall(int index) {
    if (!memo.containsKey(index)) {
      throw input.error("nothing was remembered as " + index);
    }
    return memo.get(index);
  }

  /** What names stand for. */
  private void object(int opcode) {
    switch (opcode) {
      case 'c' -> stack.add(PickledNames.of(input.line(), input.line(), input));
      case 0x93 -> {
        List<Object> names = popLast(2);
        if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
          throw input.error("a name that is no text");
        }
        stack.add(PickledNames.of(module, name, input));
      }
      case 'R', 0x81 -> {
        List<Object> call = popLast(2);
        stack.add(objects.call(call.get(0), call.get(1)));
      }
      case 'b' -> {
        Object state = pop();
        objects.build(top(), state);
      }
      case 'Q' -> stack.add(objects.storage(pop()));
      default ->
          throw input.error(
              String.format(Locale.ROOT, "no known pickle operation: 0x%02x", opcode));
    }
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.peek();
  }

  private Object top() {
    if (stack.size() <= floor()) {
      throw input.error("a pickle that uses what it did not make");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    Object value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  private List<Object> popLast(int count) {
    if (stack.size() - floor() < count) {
      throw input.error("a pickle that uses what it did not make");
    }
    return cutFrom(stack.size() - count);
  }

  private List<Object> popToMark() {
    if (marks.isEmpty()) {
      throw input.error("a pickle that uses what it did not make");
    }
    return cutFrom(marks.pop());
  }

  private List<Object> cutFrom(int start) {
    List<Object> tail = stack.subList(start, stack.size());
    List<Object> values = new ArrayList<>(tail);
    tail.clear();
    return values;
  }
}
