package mos.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import mos.base.Json;

/** An output folder with invented figures of realistic shape, for tests of the report. */
public final class ExampleFolder {
  private static final String SUMMARY =
      """
      {"task":"sample","mos_type":"neuronrouting_jack_drop_2L","max_experts":2,
       "supernet":{"valid_loss":2.431,"valid":{
          "largest":{"loss":2.431,"nll_loss":0.872,"ppl":1.83},
          "smallest":{"loss":2.702,"nll_loss":1.164,"ppl":2.24}},
          "updates":4000,"parameters":9412608},
       "architecture":{"encoder-embed-dim-subtransformer":640,"encoder-layer-num-subtransformer":6,
          "encoder-ffn-embed-dim-all-subtransformer":[2048,3072,1024,3072,2048,3072],
          "encoder-self-attention-heads-all-subtransformer":[8,4,8,8,4,8],
          "decoder-embed-dim-subtransformer":512,"decoder-layer-num-subtransformer":3,
          "decoder-ffn-embed-dim-all-subtransformer":[3072,1024,2048,1024,1024,1024],
          "decoder-self-attention-heads-all-subtransformer":[4,8,8,4,4,4],
          "decoder-ende-attention-heads-all-subtransformer":[8,8,4,4,4,4],
          "decoder-arbitrary-ende-attn-all-subtransformer":[-1,1,2,-1,-1,-1]},
       "latency_ms":54.31,"latency_constraint_ms":60,"params":51230208,
       "params_without_embedding":36104192,"flops":2913000000,
       "flops_without_output_layer":2104000000,
       "bleu":{"inherited":61.84,"final":78.92,"valid_inherited":62.4,"valid_final":79.31},
       "sacrebleu":{"inherited":60.7,"final":77.85,
          "signature":"nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.5.1"},
       "chrf":{"inherited":79.9,"final":89.6},
       "seconds":{"supernet":241.2,"latency_dataset":31.5,"latency_predictor":6.2,
          "evo_search":58.8,"measure":3.1,"train":122.7,"score":21.4},
       "provenance":{"command":"./mos run --task sample --output_dir out/sample --seed 1",
          "version":"0.1.0","java":"17.0.12+7","libtorch":"2.10.0","device":"cpu, 2 threads",
          "threads":2,"seed":1,"started":"2026-11-23 20:15 UTC","git":"a48de9a"},
       "predictor":{"rmse_ms":1.21,"mape":0.018,"max_error_ms":4.4,"kendall_tau":0.941,"rows":200},
       "baselines":{"random":{"loss":2.683,"latency_ms":58.2},
          "largest that fits":{"loss":2.611,"latency_ms":59.4}}}
      """;

  private ExampleFolder() {}

  /** Writes all files of a finished experiment. */
  public static void write(Path folder, int candidates) throws IOException {
    write(folder, "summary.json", SUMMARY);
    write(folder, "supernet/metrics.jsonl", metrics(4000, 8.9, 2.4, true));
    write(folder, "subtransformer/metrics.jsonl", metrics(2000, 8.9, 2.1, false));
    write(folder, "subtransformer-inherited/metrics.jsonl", metrics(1000, 2.9, 2.05, false));
    write(folder, "search/candidates.jsonl", candidates(candidates));
    write(folder, "search/router-weights.json", routers());
    write(folder, "latency/predictor.json", predictor());
    write(folder, "translations.jsonl", translations());
  }

  static void write(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String metrics(int updates, double first, double last, boolean supernet) {
    Random random = new Random(1);
    StringBuilder out = new StringBuilder();
    for (int update = 20; update <= updates; update += 20) {
      double share = Math.exp(-update / (updates * 0.16));
      double loss = last + (first - last) * share + random.nextGaussian() * 0.05;
      double rate = 5e-4 * Math.min(update / 400.0, Math.sqrt(400.0 / update));
      line(
          out,
          "{'update':%d,'epoch':%d,'loss':%.4f,'nll_loss':%.4f,'ppl':%.3f,'lr':%.7f,"
              + "'tokens_per_second':%.1f,'grad_norm':%.3f,'seconds':%.1f}",
          update,
          1 + update / 400,
          loss,
          loss - 1.5,
          Math.pow(2, loss - 1.5),
          rate,
          9200 + random.nextGaussian() * 260,
          1.2,
          update * 0.06);
      if (update % 400 == 0) {
        double valid = last + (first - last) * share * 0.9 + 0.03;
        line(
            out,
            supernet
                ? "{'update':%1$d,'epoch':%2$d,'valid':{'largest':{'loss':%3$.3f,'nll_loss':1.2,"
                    + "'ppl':%4$.3f},'smallest':{'loss':%5$.3f,'nll_loss':1.4,'ppl':%6$.3f}}}"
                : "{'update':%1$d,'epoch':%2$d,'valid':{'subtransformer':{'loss':%3$.3f,"
                    + "'nll_loss':1.2,'ppl':%4$.3f}}}",
            update,
            update / 400,
            valid,
            Math.pow(2, valid - 1.5),
            valid + 0.27,
            Math.pow(2, valid - 1.2));
      }
    }
    return out.toString();
  }

  private static String candidates(int count) {
    Random random = new Random(2);
    StringBuilder out = new StringBuilder();
    List<String> origins = List.of("mutation", "crossover", "parent");
    for (int i = 0; i < count; i++) {
      int generation = (int) (11L * i / count);
      double size = Math.min(0.97, 0.25 + random.nextDouble() * 0.45 + generation * 0.03);
      double latency = 24 + 37 * size + random.nextGaussian() * 1.2;
      double loss =
          2.95 - 0.42 * size - 0.008 * generation + Math.abs(random.nextGaussian()) * 0.09;
      line(
          out,
          "{'generation':%d,'loss':%.4f,'latency_ms':%.3f,'params':%d,'flops':%d,'origin':'%s',"
              + "'gene':[640,6]}",
          generation,
          loss,
          Math.min(59.9, latency),
          (int) (30e6 + 40e6 * size),
          (long) (1.2e9 + 2.4e9 * size),
          generation == 0 ? "random" : origins.get(i % 3));
    }
    line(
        out,
        "{'generation':10,'loss':2.418,'latency_ms':54.3,'params':51230208,'flops':2913000000,"
            + "'origin':'crossover','gene':[640,6],'chosen':true}");
    return out.toString();
  }

  private static String routers() {
    List<String> architectures = new ArrayList<>();
    for (String name : List.of("found", "largest", "smallest")) {
      List<String> routers = new ArrayList<>();
      for (int layer = 1; layer <= (name.equals("smallest") ? 1 : 3); layer++) {
        for (String matrix : List.of("fc1", "fc2")) {
          for (String side : List.of("encoder", "decoder")) {
            double weight = 0.5 + 0.03 * layer * (name.length() - 6);
            routers.add(
                String.format(
                    Locale.ROOT,
                    "{'side':'%s','layer':%d,'matrix':'%s','mean':[%.3f,%.3f],'spread':[0.05,0.05]}",
                    side,
                    layer,
                    matrix,
                    weight,
                    1 - weight));
          }
        }
      }
      architectures.add("{'name':'" + name + "','routers':[" + String.join(",", routers) + "]}");
    }
    String all = "{'experts':2,'architectures':[" + String.join(",", architectures) + "]}";
    return all.replace('\'', '"');
  }

  private static String predictor() {
    Random random = new Random(3);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      double measured = 25 + 55 * random.nextDouble();
      double predicted = measured + random.nextGaussian() * 1.2;
      rows.add(
          String.format(
              Locale.ROOT, "{\"measured_ms\":%.3f,\"predicted_ms\":%.3f}", measured, predicted));
    }
    return "{\"heldout\":["
        + String.join(",", rows)
        + "],\"rmse_ms\":1.21,\"mape\":0.018,\"max_error_ms\":4.4,\"kendall_tau\":0.941}";
  }

  private static String translations() {
    StringBuilder out = new StringBuilder();
    translation(
        out,
        "The train to Munich leaves at twenty past seven and takes three hours.",
        "Der Zug nach München fährt um zwanzig nach sieben ab und braucht drei Stunden.",
        "Der Zug nach München fährt um sieben Uhr und braucht drei Stunde.",
        "Der Zug nach München fährt um zwanzig nach sieben ab und braucht drei Stunden.");
    translation(
        out,
        "We need forty-two kilometres, 3.5 litres and a little patience.",
        "Wir brauchen zweiundvierzig Kilometer, 3,5 Liter und etwas Geduld.",
        "Wir brauchen zweiundzwanzig Kilometer, 3,5 Liter und ein etwas Geduld.",
        "Wir brauchen zweiundvierzig Kilometer, 3,5 Liter und ein wenig Geduld.");
    translation(
        out,
        "On 12 March 2024 the price was €1,250.00.",
        "Am 12. März 2024 betrug der Preis 1.250,00 €.",
        "Am 12. März 2024 betrug der Preis 1.205,00 €.",
        "Am 12. März 2024 betrug der Preis 1.250,00 €.");
    translation(
        out,
        "<script>alert('boo')</script> & more",
        "<script>alert('buh')</script> & mehr",
        "<script>alert('boo')</script> & mehr",
        "<script>alert('buh')</script> & mehr");
    translation(
        out,
        "Brazil, Japan and Côte d’Ivoire signed the agreement two weeks ago.",
        "Brasilien, Japan und Côte d’Ivoire unterzeichneten die Vereinbarung vor zwei Wochen.",
        "Brasilien, Japan und Côte d’Ivoire unterzeichneten das Abkommen in zwei Wochen.",
        "Brasilien, Japan und Côte d’Ivoire unterzeichneten die Vereinbarung vor zwei Wochen.");
    return out.toString();
  }

  private static void translation(
      StringBuilder out, String source, String reference, String inherited, String last) {
    out.append(
        Json.line(
            Json.object()
                .put("source", source)
                .put("reference", reference)
                .put("inherited", inherited)
                .put("final", last)));
    out.append('\n');
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values).replace('\'', '"')).append('\n');
  }
}
