package mos.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * Any operator of libtorch by its name, also those that the presets leave out. Arguments are given
 * by name; the others take the defaults of the loaded library's schema, so that a later libtorch
 * with further arguments still fits.
 */
public final class Operator {
  private final OperatorHandle handle;
  private final IValue[] defaults;
  private final int[] positions;

  private Operator(OperatorHandle handle, IValue[] defaults, int[] positions) {
    this.handle = handle;
    this.defaults = defaults;
    this.positions = positions;
  }

  /**
   * Looks an operator up, once for many calls.
   *
   * @param name for example {@code aten::_fused_adamw_}
   * @param overload its overload name, often empty
   * @param arguments names of the arguments that {@link #call} gets, in its order
   * @throws IllegalArgumentException if the library has no such argument
   */
  public static Operator of(String name, String overload, String... arguments) {
    Native.load();
    try (Scope scope = Scope.open()) {
      OperatorHandle handle =
          Scope.own(new OperatorHandle(Dispatcher.singleton().findSchemaOrThrow(name, overload)));
      FunctionSchema schema = handle.schema();
      Argument all = schema.arguments();
      List<String> names = new ArrayList<>();
      IValue[] defaults = new IValue[(int) all.limit()];
      for (int i = 0; i < defaults.length; i++) {
        Argument argument = all.getPointer(i);
        names.add(argument.name().getString());
        defaults[i] =
            Scope.own(
                argument.default_value().has_value()
                    ? new IValue(argument.default_value().get())
                    : new IValue());
      }
      int[] positions = Arrays.stream(arguments).mapToInt(names::indexOf).toArray();
      for (int i = 0; i < positions.length; i++) {
        if (positions[i] < 0) {
          throw new IllegalArgumentException(name + " has " + names + ", not " + arguments[i]);
        }
      }
      return new Operator(handle, defaults, positions);
    }
  }

  /**
   * Calls the operator.
   *
   * @param values in the order of the names given to {@link #of}: {@link Tensor}, {@link Tensor}[]
   *     (a list), Long, Integer, Double, Boolean, or null for none
   * @return its results, in the innermost scope
   */
  public IValueVector call(Object... values) {
    IValueVector stack = new IValueVector();
    IValue[] arguments = defaults.clone();
    for (int i = 0; i < values.length; i++) {
      arguments[positions[i]] = value(values[i]);
    }
    for (IValue argument : arguments) {
      stack.push_back(argument);
    }
    handle.callBoxed(stack);
    return stack;
  }

  private static IValue value(Object value) {
    if (value == null) {
      return new IValue();
    }
    if (value instanceof Tensor tensor) {
      return new IValue(tensor);
    }
    if (value instanceof Tensor[] tensors) {
      GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
      for (Tensor tensor : tensors) {
        list.push_back(new IValue(tensor));
      }
      return new IValue(list);
    }
    if (value instanceof Boolean flag) {
      return new IValue(flag.booleanValue());
    }
    if (value instanceof Double number) {
      return new IValue(number.doubleValue());
    }
    return new IValue(((Number) value).longValue());
  }
}
