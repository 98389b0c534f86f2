package mos.results;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.AtomicFile;

/**
 * The file {@code front.json}: the best compromises of loss and cost that a search found.
 *
 * @param objectives what was minimised, by name
 * @param fitness "loss" or "bleu"
 * @param costUnit of the points' costs
 * @param constraint the limit, in that unit
 * @param provenance what it was made from and with
 * @param points ascending in cost
 */
public record Front(
    List<String> objectives,
    String fitness,
    CostUnit costUnit,
    double constraint,
    Map<String, String> provenance,
    List<FrontPoint> points) {

  /** Names of the files, beside the architecture file of the search. */
  public static final String FILE_NAME = "front.json";

  /** The same as a table. */
  public static final String CSV_NAME = "front.csv";

  /** Copies the lists; none where one is null. */
  public Front {
    objectives = objectives == null ? List.of() : List.copyOf(objectives);
    points = points == null ? List.of() : List.copyOf(points);
  }

  /** Writes front.json and front.csv. */
  public void write(Path folder) {
    StringBuilder csv = new StringBuilder();
    csv.append("point,loss,").append(costUnit.objective());
    csv.append(",params,params_without_embedding,flops,file\n");
    for (FrontPoint one : points) {
      csv.append(
          Stream.of(
                  one.point(),
                  one.loss(),
                  one.cost(),
                  one.counts().params().longValue(),
                  one.counts().paramsWithoutEmbedding().longValue(),
                  one.counts().flops().longValue(),
                  one.file())
              .map(Object::toString)
              .collect(Collectors.joining(",")));
      csv.append('\n');
    }
    AtomicFile.writeString(folder.resolve(CSV_NAME), csv.toString());
    ResultJson.write(folder.resolve(FILE_NAME), this);
  }
}
