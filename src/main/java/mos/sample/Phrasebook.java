package mos.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * The words of our own, read from the two tables beside this class.
 *
 * @param frames the sentence frames, in the order of {@code frames.tsv}
 * @param lexicon fillers by kind, in the order of {@code lexicon.tsv}
 */
record Phrasebook(List<Frame> frames, Map<String, List<Filler>> lexicon) {
  private static final String FRAMES = "frames.tsv";
  private static final String LEXICON = "lexicon.tsv";

  Phrasebook {
    frames = List.copyOf(frames);
    lexicon = Map.copyOf(lexicon);
  }

  /** Reads the tables; an error here is one of the program's own. */
  static Phrasebook load() {
    List<Frame> frames =
        rows(FRAMES, 2).stream().map(row -> new Frame(row.get(0), row.get(1))).toList();
    Map<String, List<Filler>> lexicon =
        rows(LEXICON, 5).stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.get(0),
                    Collectors.mapping(
                        row -> new Filler(row.get(1), row.get(2), row.get(3), row.get(4)),
                        Collectors.toList())));
    return new Phrasebook(frames, lexicon);
  }

  /** The rows of a tab-separated table, without comments. */
  private static List<List<String>> rows(String table, int columns) {
    List<List<String>> rows =
        lines(table).stream()
            .filter(line -> !line.startsWith("#"))
            .map(line -> List.of(line.split("\t", -1)))
            .toList();
    for (List<String> row : rows) {
      if (row.size() != columns) {
        throw new MosException(table + ": got " + row + ", must have " + columns + " columns");
      }
    }
    return rows;
  }

  private static List<String> lines(String table) {
    try (InputStream in = Phrasebook.class.getResourceAsStream(table)) {
      if (in == null) {
        throw new MosException(table + " is missing from the program's archive; build it again");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList();
    } catch (IOException e) {
      throw new MosException("cannot read " + table + ": " + AtomicFile.describe(e), e);
    }
  }
}
