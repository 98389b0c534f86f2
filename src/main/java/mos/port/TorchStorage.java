package mos.port;

import java.io.IOException;

/**
 * A run of elements that tensors are views of.
 *
 * @param key its name within the file
 * @param type of its elements
 * @param elements how many the pickle says there are; checked against the file when read
 * @param source reads its bytes
 */
record TorchStorage(String key, TorchType type, long elements, Source source) {
  /** Where bytes of storages come from. */
  interface Source {
    /** Is told of every storage that the pickle mentions. */
    default void mentioned(TorchStorage storage) {}

    /**
     * Reads {@code length} bytes from {@code offset} of a storage.
     *
     * @throws mos.base.MosException when the file has no such storage or it is shorter; before
     *     {@code length} bytes are allocated
     */
    byte[] read(TorchStorage storage, long offset, int length) throws IOException;
  }
}
