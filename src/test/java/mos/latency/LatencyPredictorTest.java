package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.command.settings.ModelSettings;
import mos.host.Hardware;
import mos.space.Dimension;
import mos.space.SubTransformer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyPredictorTest {
  private static final Hardware HERE =
      new Hardware("cpu_test", "Some CPU", 2, 1, "fp32", "cpu", "17", "2.10");

  @TempDir Path folder;

  private static PredictorConfig settings(PredictorConfig.Kind kind, int steps, int batch) {
    return new PredictorConfig(
        kind,
        ModelSettings.FEATURE_NORM.defaultValue().orElseThrow(),
        0,
        16,
        3,
        steps,
        batch,
        1e-3);
  }

  private static final PredictorConfig MOS = settings(PredictorConfig.Kind.MOS, 10, 2);

  private static LatencyDataset dataset(int rows) {
    return new LatencyDataset(LatencyRows.additive(rows), Optional.of(HERE));
  }

  @Test
  void additiveLatencyIsPredictedToTheNoise() {
    LatencyPredictor predictor = LatencyPredictor.train(dataset(300), MOS, 1);
    assertThat(predictor.evaluation().mape()).isLessThan(0.01);
    assertThat(predictor.evaluation().kendallTau()).isGreaterThan(0.95);
    assertThat(predictor.evaluation().rows()).isEqualTo(30);
  }

  @Test
  void depthAloneIsWorse() {
    LatencyDataset dataset = dataset(300);
    Evaluation depth = LatencyPredictor.baselines(dataset, MOS, 1, false).get("decoder_depth_only");
    Evaluation ours = LatencyPredictor.train(dataset, MOS, 1).evaluation();
    assertThat(ours.rmseMs()).isLessThan(0.2 * depth.rmseMs());
    assertThat(ours.mape()).isLessThan(0.2 * depth.mape());
  }

  @Test
  void trialSizeWorksForBothModels() {
    for (PredictorConfig.Kind kind : PredictorConfig.Kind.values()) {
      LatencyPredictor predictor = LatencyPredictor.train(dataset(10), settings(kind, 10, 2), 3);
      assertThat(predictor.heldOut()).hasSize(1);
      assertThat(predictor.evaluation().rmseMs()).isFinite();
      assertThat(predictor.evaluation().kendallTau()).isNaN();
      Path file = folder.resolve(kind + ".json");
      predictor.save(file);
      assertThat(LatencyPredictor.load(file).evaluation().kendallTau()).isNaN();
    }
  }

  @Test
  void fewRowsAreRefused() {
    assertThatThrownBy(() -> LatencyPredictor.train(dataset(4), MOS, 1))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("got 4 rows, need at least 5");
  }

  @Test
  void savedPredictorPredictsTheSame() {
    for (PredictorConfig.Kind kind : PredictorConfig.Kind.values()) {
      LatencyPredictor predictor = LatencyPredictor.train(dataset(60), settings(kind, 20, 8), 2);
      Path file = folder.resolve("predictor.json");
      predictor.save(file);
      LatencyPredictor loaded = LatencyPredictor.load(file);
      SubTransformer a = LatencyRows.SPACE.largest();
      assertThat(loaded.predictMs(a)).isEqualTo(predictor.predictMs(a));
      assertThat(loaded.evaluation()).isEqualTo(predictor.evaluation());
      assertThat(loaded.heldOut()).isEqualTo(predictor.heldOut());
      assertThat(loaded.hardware()).contains(HERE);
      assertThat(loaded.splitSeed()).isEqualTo(2);
    }
  }

  @Test
  void equalSeedsGiveEqualPredictors() {
    for (PredictorConfig.Kind kind : PredictorConfig.Kind.values()) {
      PredictorConfig how = settings(kind, 20, 8);
      assertThat(LatencyPredictor.train(dataset(60), how, 5).heldOut())
          .isEqualTo(LatencyPredictor.train(dataset(60), how, 5).heldOut());
    }
  }

  @Test
  void networkLearns() {
    LatencyDataset dataset = dataset(200);
    Evaluation few =
        LatencyPredictor.train(dataset, settings(PredictorConfig.Kind.HAT, 1, 64), 1).evaluation();
    Evaluation many =
        LatencyPredictor.train(dataset, settings(PredictorConfig.Kind.HAT, 400, 64), 1)
            .evaluation();
    assertThat(many.rmseMs()).isLessThan(0.3 * few.rmseMs());
  }

  @Test
  void heldOutRowsAreNeitherTrainedNorChosenOn() {
    List<LatencyRow> rows = LatencyRows.additive(101);
    RowSplit split = RowSplit.of(rows, 4);
    assertThat(split.training()).hasSize(81);
    assertThat(split.validation()).hasSize(10);
    assertThat(split.heldOut()).hasSize(10).doesNotContainAnyElementsOf(split.training());
    assertThat(split.validation()).doesNotContainAnyElementsOf(split.heldOut());
    assertThat(split.trainingAndValidation())
        .containsExactlyElementsOf(
            rows.stream().filter(row -> !split.heldOut().contains(row)).toList());
    assertThat(RowSplit.of(rows, 4)).isEqualTo(split);
    assertThat(RowSplit.of(rows, 5)).isNotEqualTo(split);
  }

  @Test
  void errorsAreThoseOfTheFormulas() {
    AdditiveModel ten = new AdditiveModel(List.of(), List.of(), 10, 0);
    LatencyRow row = LatencyRows.additive(1).get(0);
    LatencyRow eight = new LatencyRow(row.features(), new Latency(3, 5, 0, 0, 0), Optional.empty());
    LatencyRow twenty =
        new LatencyRow(row.features(), new Latency(3, 17, 0, 0, 0), Optional.empty());
    Evaluation evaluation = Evaluation.of(ten, List.of(eight, twenty));
    assertThat(evaluation.rmseMs()).isCloseTo(Math.sqrt((4 + 100) / 2.0), within(1e-12));
    assertThat(evaluation.mape()).isCloseTo((0.25 + 0.5) / 2, within(1e-12));
    assertThat(evaluation.maxErrorMs()).isEqualTo(10);
    assertThat(evaluation.rows()).isEqualTo(2);
  }

  @Test
  void otherHardwareIsNamed() {
    LatencyPredictor predictor = LatencyPredictor.train(dataset(20), MOS, 1);
    Hardware other = new Hardware("cpu_test", "Some CPU", 2, 8, "bf16", "cpu", "17", "2.10");
    Hardware newer = new Hardware("cpu_test", "Some CPU", 2, 1, "fp32", "cpu", "21", "2.11");
    predictor.requireHardware(HERE, false, "p.json");
    predictor.requireHardware(newer, false, "p.json");
    predictor.requireHardware(other, true, "p.json");
    assertThatThrownBy(() -> predictor.requireHardware(other, false, "p.json"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("p.json")
        .hasMessageContaining("threads 1 against 8; precision fp32 against bf16")
        .hasMessageContaining("--accept-other-hardware");
    LatencyPredictor unknown =
        LatencyPredictor.train(
            new LatencyDataset(LatencyRows.additive(20), Optional.empty()), MOS, 1);
    assertThatThrownBy(() -> unknown.requireHardware(HERE, false, "p.json"))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void brokenFilesAreRefused() throws Exception {
    Path file = folder.resolve("p.json");
    for (PredictorConfig.Kind kind : PredictorConfig.Kind.values()) {
      LatencyPredictor.train(dataset(20), settings(kind, 2, 2), 1).save(file);
      String good = Files.readString(file);
      for (String bad :
          List.of(
              "{}",
              "[",
              good.substring(0, good.length() / 2),
              good.replace("\"version\" : 1", "\"version\" : 9"),
              good.replace("decoder_embed_dim", "decoder_bad"),
              good.replace("\"rmse_ms\" : ", "\"rmse_ms\" : \"x\", \"a\" : "),
              good.replace("coefficient_ms", "c").replace("\"bias\" : \"", "\"bias\" : \"AAAA"),
              good.replace("\"heldout\"", "\"h\""))) {
        Files.writeString(file, bad);
        assertThatThrownBy(() -> LatencyPredictor.load(file))
            .as(bad.substring(0, Math.min(80, bad.length())))
            .isInstanceOf(MosException.class)
            .hasMessageContaining("p.json");
      }
    }
  }

  @Test
  void networkOfGivenWeightsComputesByHand() {
    float[] first = new float[20];
    first[0] = 1; // hidden unit 0 sees the encoder width, unit 1 minus the decoder depth
    first[15] = -1;
    LatencyPredictor predictor =
        LatencyPredictor.ofNetwork(
            List.of(first, new float[] {2, 100}),
            List.of(new float[] {0, 0}, new float[] {0.5f}),
            java.util.Collections.nCopies(10, 320.0),
            10);
    SubTransformer a = LatencyRows.SPACE.largest();
    assertThat(predictor.predictMs(a)).isCloseTo((2 * 640 / 320.0 + 0.5) * 10, within(1e-9));
  }

  @Test
  void noiseIsNotTakenForKnowledge() {
    java.util.Random random = new java.util.Random(5);
    List<LatencyRow> rows =
        LatencyRows.additive(60).stream()
            .map(
                row -> {
                  double ms = (5 + 20 * row.features().get(5)) * (1 + 0.1 * random.nextGaussian());
                  return new LatencyRow(
                      row.features(), new Latency(1, ms - 1, 0, 0, 0), Optional.empty());
                })
            .toList();
    AdditiveModel line = AdditiveFit.depthOnly(rows);
    AdditiveModel model = AdditiveFit.fit(rows);
    for (LatencyRow row : rows) {
      assertThat(model.ms(row.input()) / line.ms(row.input())).isCloseTo(1, within(0.1));
    }
  }

  /** A layer costs more only past a size, as where its weights leave the cache. */
  private static List<LatencyRow> cliffs(boolean byLayer) {
    return LatencyRows.additive(400).stream()
        .map(
            row -> {
              SubTransformer a = row.architecture().orElseThrow();
              double ms =
                  5
                      + a.values(Dimension.DECODER_FFN).stream()
                          .mapToDouble(f -> f > 1024 ? 9 : 1)
                          .sum();
              return new LatencyRow(
                  row.features(),
                  new Latency(1, ms - 1, 0, 0, 0),
                  byLayer ? row.architecture() : Optional.empty());
            })
        .toList();
  }

  @Test
  void sizesOfLayersTellMoreThanTheirAverages() throws Exception {
    LatencyDataset averages = new LatencyDataset(cliffs(false), Optional.of(HERE));
    LatencyDataset layers = new LatencyDataset(cliffs(true), Optional.of(HERE));
    LatencyPredictor without = LatencyPredictor.train(averages, MOS, 1);
    LatencyPredictor with = LatencyPredictor.train(layers, MOS, 1);
    assertThat(without.evaluation().mape()).isGreaterThan(0.05);
    assertThat(with.evaluation().mape()).isLessThan(0.02);
    Path file = folder.resolve("layers.json");
    with.save(file);
    assertThat(Files.readString(file)).contains("layers(decoder_ffn_embed_dim=3072)");
    SubTransformer smallest = LatencyRows.SPACE.smallest();
    assertThat(LatencyPredictor.load(file).predictMs(smallest)).isEqualTo(with.predictMs(smallest));
    assertThatThrownBy(() -> with.evaluate(averages))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("layer by layer");
  }

  @Test
  void outliersDoNotSpoilTheFit() {
    List<LatencyRow> clean = LatencyRows.additive(300);
    java.util.Random random = new java.util.Random(2);
    List<LatencyRow> disturbed =
        clean.stream()
            .map(
                row ->
                    random.nextInt(10) > 0
                        ? row
                        : new LatencyRow(
                            row.features(),
                            new Latency(0, row.ms() * (2 + 8 * random.nextDouble()), 0, 0, 0),
                            row.architecture()))
            .toList();
    assertThat(Evaluation.of(AdditiveFit.fit(disturbed), clean).mape()).isLessThan(0.03);
  }

  @Test
  void screeningMarginCoversMostOverestimates() {
    LatencyPredictor predictor = LatencyPredictor.train(dataset(300), MOS, 1);
    double margin = predictor.overestimateMs();
    long covered =
        predictor.heldOut().stream()
            .filter(row -> row.predictedMs() - margin <= row.measuredMs())
            .count();
    assertThat(margin).isPositive();
    assertThat(covered).isBetween(28L, 29L);
  }

  @Test
  void driftIsNotLearnt() {
    List<LatencyRow> rows = LatencyRows.additive(400);
    List<LatencyRow> drifting =
        java.util.stream.IntStream.range(0, rows.size())
            .mapToObj(
                i -> {
                  LatencyRow row = rows.get(i);
                  double factor = i / 50 % 2 == 0 ? 0.85 : 1.15;
                  return new LatencyRow(
                      row.features(), new Latency(0, row.ms() * factor, 0, 0, 0), Optional.empty());
                })
            .toList();
    // The clean rows are what the drifting ones would be on a steady machine.
    assertThat(Evaluation.of(AdditiveFit.fit(drifting), rows).mape()).isLessThan(0.016);
  }

  @Test
  void tenRowsAreFittedNoWorseThanByDepthAlone() {
    List<LatencyRow> rows = LatencyRows.additive(300);
    double ours = 0;
    double depth = 0;
    for (int from = 0; from < 100; from += 10) {
      List<LatencyRow> ten = rows.subList(from, from + 10);
      ours += Evaluation.of(AdditiveFit.fit(ten), rows.subList(100, 300)).mape();
      depth += Evaluation.of(AdditiveFit.depthOnly(ten), rows.subList(100, 300)).mape();
    }
    assertThat(ours).isLessThan(depth);
  }

  @Test
  void publishedDatasetsAreFittedBetterThanByDepthAlone() {
    for (String name : List.of("wmt14ende_gpu_titanxp", "wmt14ende_cpu_xeon")) {
      Path csv = Path.of("../shared/latency/" + name + "_all.csv");
      assumeTrue(Files.exists(csv));
      LatencyDataset dataset = LatencyDataset.read(csv);
      assertThat(dataset.rows()).hasSize(2000);
      double ours = 0;
      double depth = 0;
      for (long seed = 1; seed <= 3; seed++) {
        Evaluation with = LatencyPredictor.train(dataset, MOS, seed).evaluation();
        Evaluation without =
            LatencyPredictor.baselines(dataset, MOS, seed, false).get("decoder_depth_only");
        assertThat(with.mape()).isLessThan(without.mape());
        ours += with.rmseMs();
        depth += without.rmseMs();
      }
      assertThat(ours).isLessThan(depth);
    }
  }
}
