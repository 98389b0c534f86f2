package mos.port;

import java.util.Map;
import java.util.Set;
import mos.base.MosException;

/**
 * The few names that a pickle may mention. Each stands for a way to make a value; none is ever
 * looked up or run.
 */
enum PickledNames {
  ORDERED_DICT,
  REBUILD_TENSOR,
  REBUILD_PARAMETER,
  STORAGE,
  SIZE,
  RECORD,
  NUMPY_SCALAR,
  NUMPY_DTYPE,
  ENCODE,
  SET,
  LIST,
  DICT;

  /**
   * A name within a pickle.
   *
   * @param name with its module
   */
  record Named(PickledNames kind, String name) {}

  private static final Map<String, PickledNames> KNOWN =
      Map.ofEntries(
          Map.entry("collections.OrderedDict", ORDERED_DICT),
          Map.entry("torch._utils._rebuild_tensor_v2", REBUILD_TENSOR),
          Map.entry("torch._utils._rebuild_parameter", REBUILD_PARAMETER),
          Map.entry("torch.Size", SIZE),
          Map.entry("numpy.core.multiarray.scalar", NUMPY_SCALAR),
          Map.entry("numpy._core.multiarray.scalar", NUMPY_SCALAR),
          Map.entry("numpy.dtype", NUMPY_DTYPE),
          Map.entry("_codecs.encode", ENCODE));

  /** Classes whose objects are plain attributes: fairseq's options and training statistics. */
  private static final Set<String> RECORDS =
      Set.of(
          "argparse.Namespace",
          "fairseq.meters.AverageMeter",
          "fairseq.meters.TimeMeter",
          "fairseq.meters.StopwatchMeter");

  private static final Map<String, PickledNames> BUILTINS =
      Map.of("set", SET, "frozenset", SET, "list", LIST, "dict", DICT);

  /**
   * The meaning of a name.
   *
   * @throws MosException for any name but the known ones
   */
  static Named of(String module, String name, PickleInput input) {
    String full = module + "." + name;
    PickledNames kind = KNOWN.get(full);
    if (kind == null && TorchType.ofStorage(full) != null) {
      kind = STORAGE;
    } else if (kind == null && RECORDS.contains(full)) {
      kind = RECORD;
    } else if (kind == null && (module.equals("builtins") || module.equals("__builtin__"))) {
      kind = BUILTINS.get(name);
    }
    if (kind == null) {
      String shown = full.length() > 200 ? full.substring(0, 200) + "…" : full;
      throw input.error(
          "the pickle names "
              + shown.replaceAll("\\p{Cntrl}", "?")
              + ": refused, it is none of the names that models are made of");
    }
    return new Named(kind, full);
  }
}
