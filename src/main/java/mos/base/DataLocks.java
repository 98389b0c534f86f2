package mos.base;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** {@link DataLock}s of several folders. */
public final class DataLocks implements AutoCloseable {
  private final List<DataLock> locks = new ArrayList<>();

  private DataLocks() {}

  /**
   * For a reader of all of them.
   *
   * @throws MosException when somebody is replacing the files of one
   */
  public static DataLocks reading(Collection<Path> folders) {
    DataLocks all = new DataLocks();
    try {
      folders.forEach(folder -> all.locks.add(DataLock.reading(folder)));
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  @Override
  public void close() {
    locks.forEach(DataLock::close);
    locks.clear();
  }
}
