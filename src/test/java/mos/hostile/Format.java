package mos.hostile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A kind of file that the program reads.
 *
 * @param name of the kind
 * @param fileName what a case's file is called
 * @param files valid ones, to be damaged
 * @param words what has a meaning in the format
 * @param packing what is done with the damaged bytes, for instance compressing them
 * @param preparation writes what else the reader needs, once
 * @param reader the code under test
 */
record Format(
    String name,
    String fileName,
    List<byte[]> files,
    List<byte[]> words,
    UnaryOperator<byte[]> packing,
    Preparation preparation,
    Reader reader) {
  /** The only folder, in the one that a reader is given, where it may write. */
  static final String OUT = "out";

  /** Writes what else the reader needs. */
  @FunctionalInterface
  interface Preparation {
    void in(Path folder) throws Exception;
  }

  /** Reads a file as far as the program ever does; may write in {@code folder/out}. */
  @FunctionalInterface
  interface Reader {
    void read(Path file, Path folder) throws Exception;
  }

  static Format of(String name, String fileName, List<byte[]> files, Reader reader) {
    return new Format(
        name, fileName, files, List.of(), UnaryOperator.identity(), folder -> {}, reader);
  }

  Format withWords(String... more) {
    List<byte[]> all = new ArrayList<>(words);
    for (String word : more) {
      all.add(word.getBytes(StandardCharsets.ISO_8859_1));
    }
    return new Format(name, fileName, files, all, packing, preparation, reader);
  }

  Format packedBy(UnaryOperator<byte[]> how) {
    return new Format(name, fileName, files, words, how, preparation, reader);
  }

  Format preparedBy(Preparation how) {
    return new Format(name, fileName, files, words, packing, how, reader);
  }

  void prepare(Path folder) throws Exception {
    preparation.in(folder);
  }

  byte[] packed(byte[] damaged) {
    return packing.apply(damaged);
  }

  @Override
  public String toString() {
    return name;
  }

  static byte[] bytes(Path file) {
    try {
      return java.nio.file.Files.readAllBytes(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
