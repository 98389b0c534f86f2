package mos.distributed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.MosException;
import mos.tensor.Native;

/**
 * The libtorch of a PyTorch installation, where the launcher found one. NCCL's objects are made by
 * the Java bindings and filled by libtorch, and differ in size between versions: with another one
 * memory beyond them is overwritten.
 */
final class InstalledLibtorch {
  private static final Pattern VERSION = Pattern.compile("__version__ = '(\\d+\\.\\d+)");
  private static final Pattern OF_BINDINGS = Pattern.compile("^\\d+\\.\\d+");

  private InstalledLibtorch() {}

  /**
   * Refuses NCCL with a version that the bindings are not built for.
   *
   * @throws MosException naming both versions
   */
  static void requireForNccl() {
    String folder = System.getProperty("mos.libtorch", "");
    Matcher needed = OF_BINDINGS.matcher(Native.version());
    if (folder.isBlank() || !needed.find()) {
      return;
    }
    Matcher found = VERSION.matcher(text(Path.of(folder, "version.py")));
    if (found.find() && !found.group(1).equals(needed.group())) {
      throw new MosException(
          "several GPUs: got libtorch "
              + found.group(1)
              + " of "
              + folder
              + ", need "
              + needed.group()
              + ", which the bindings to NCCL are built for: install that PyTorch, or take the"
              + " natives that the build downloads with MOS_LIBTORCH=bundled");
    }
  }

  /** Empty where there is none, so that nothing is known. */
  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
