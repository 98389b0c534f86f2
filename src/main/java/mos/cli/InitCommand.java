package mos.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.data.ParallelCorpus;
import mos.distributed.Processes;
import mos.experiment.NewTask;
import mos.results.InitFigures;
import mos.results.ResultJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code init}: the task file of one's own data. */
@Command(
    name = "init",
    description =
        "The text is INPUT.LANG in two languages, or that of a folder with train.LANG. Sets to validate"
            + " and to test on are those beside it (valid or dev, test); what is missing is held out of the"
            + " training text. A data folder that preprocess made is taken as it is.",
    footer = {"", "Example:", "  mos init raw/train --out my.yml", "  mos run --task my.yml"})
public final class InitCommand implements Callable<Integer> {
  @Parameters(paramLabel = "INPUT", description = "Prefix of the text, or a folder.")
  private Path input;

  @Option(
      names = {"-s", "--source-lang"},
      paramLabel = "LANG",
      description = "Source language. Default: the first one by alphabet, or the data folder's.")
  private String source;

  @Option(
      names = {"-t", "--target-lang"},
      paramLabel = "LANG",
      description = "Target language. Default: the other one.")
  private String target;

  @Option(names = "--validpref", paramLabel = "PREFIX", description = "Text to validate on.")
  private Path valid;

  @Option(names = "--testpref", paramLabel = "PREFIX", description = "Text to test on.")
  private Path test;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The task file. Default: SOURCE-TARGET.yml.")
  private Path out;

  @Option(
      names = "--destdir",
      paramLabel = "FOLDER",
      description = "The data folder made of raw text. Default: the task file's name, -data.")
  private Path data;

  @Option(
      names = "--space",
      paramLabel = "NAME",
      description = "tiny, base or big. Default: by text and machine.")
  private String space;

  @Option(names = "--json", description = "Print what was chosen as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    InitFigures made = task().run(Processes.ALONE);
    PrintWriter to = spec.commandLine().getOut();
    if (json) {
      to.println(ResultJson.line(made));
    } else {
      made.why().forEach(line -> to.println("- " + line));
      to.println("task: " + made.task());
      to.println("data: " + made.data());
      to.println("next: mos run --task " + made.task());
    }
    to.flush();
    return 0;
  }

  private NewTask task() {
    boolean folder = Files.isDirectory(input);
    List<ParallelCorpus.LanguagePair> prepared =
        folder ? ParallelCorpus.languagePairs(input) : List.of();
    if (!prepared.isEmpty()) {
      if (valid != null || test != null || data != null) {
        throw new ConfigurationException(
            "validpref, testpref and destdir: are for raw text, and " + input + " is prepared");
      }
      if (prepared.size() > 1) {
        throw new ConfigurationException(input + ": got several language pairs, need one");
      }
      ParallelCorpus.LanguagePair languages =
          languages(List.of(prepared.get(0).source(), prepared.get(0).target()), input);
      return new NewTask(null, input, languages, space, file(languages));
    }
    Path train = folder ? input.resolve("train") : input;
    ParallelCorpus.LanguagePair languages = languages(List.copyOf(suffixes(train)), train);
    Path file = file(languages);
    String name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    Path made = data == null ? file.resolveSibling(name + "-data") : data;
    NewTask.Raw raw =
        new NewTask.Raw(
            train,
            valid == null ? beside(train, languages, "valid", "dev") : valid,
            test == null ? beside(train, languages, "test") : test);
    return new NewTask(raw, made, languages, space, file);
  }

  private Path file(ParallelCorpus.LanguagePair languages) {
    Path file = out == null ? Path.of(languages.source() + "-" + languages.target() + ".yml") : out;
    if (!file.toString().endsWith(".yml")) {
      throw new ConfigurationException("out: got " + file + ", need a name that ends in .yml");
    }
    return file;
  }

  /** The pair in the direction that is asked for. */
  private ParallelCorpus.LanguagePair languages(List<String> two, Path where) {
    String first = source != null ? source : target == null ? two.get(0) : other(two, target);
    String second = target != null ? target : other(two, first);
    if (!two.contains(first) || !two.contains(second) || first.equals(second)) {
      throw new ConfigurationException(
          where
              + ": got languages "
              + first
              + " and "
              + second
              + ", need two of "
              + String.join(", ", two));
    }
    if (two.size() != 2 && (source == null || target == null)) {
      throw new ConfigurationException(
          where + ": is there in " + String.join(", ", two) + "; name two with -s and -t");
    }
    return new ParallelCorpus.LanguagePair(first, second);
  }

  private static String other(List<String> all, String one) {
    return all.stream().filter(language -> !language.equals(one)).findFirst().orElse(one);
  }

  /** What the names of a text's files end in. */
  private static Set<String> suffixes(Path prefix) {
    Path folder = prefix.toAbsolutePath().getParent();
    String start = prefix.getFileName() + ".";
    Set<String> found = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(Files::isRegularFile)
            .map(file -> file.getFileName().toString())
            .filter(name -> name.startsWith(start))
            .map(name -> name.substring(start.length()).replaceFirst("\\.gz$", ""))
            .filter(name -> name.matches("[A-Za-z]{2,8}([_-][A-Za-z0-9]+)*"))
            .forEach(found::add);
      } catch (IOException e) {
        throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
      }
    }
    if (found.size() < 2) {
      throw new ConfigurationException(
          prefix
              + ": got text in "
              + (found.isEmpty() ? "no language" : String.join("", found))
              + ", need "
              + prefix
              + ".LANG in two languages, or a folder of preprocess");
    }
    return found;
  }

  private static Path beside(Path train, ParallelCorpus.LanguagePair pair, String... names) {
    for (String name : names) {
      Path prefix = train.resolveSibling(name);
      if (isThere(prefix, pair.source()) && isThere(prefix, pair.target())) {
        return prefix;
      }
    }
    return null;
  }

  private static boolean isThere(Path prefix, String language) {
    String name = prefix.getFileName() + "." + language;
    return Files.exists(prefix.resolveSibling(name))
        || Files.exists(prefix.resolveSibling(name + ".gz"));
  }
}
