package mos.config;

/** What a setting sets: the headings of help, in their order there. */
public enum SettingGroup {
  SETTINGS("Settings from files"),
  RUN("The run"),
  DATA("Data"),
  FILES("Files"),
  SPACE("Search space"),
  ARCHITECTURE("Architecture of one SubTransformer"),
  MODEL("Sizes of the SuperTransformer"),
  EXPERTS("Experts and routers"),
  TRAINING("Training"),
  OPTIMISER("Learning rate and regularisation"),
  SEARCH("Search"),
  LATENCY("Latency measurement"),
  PREDICTOR("Latency dataset and predictor"),
  DECODING("Decoding"),
  SERVER("Server"),
  BENCHMARK("Benchmark"),
  MACHINE("Machine"),
  OTHER("Other");

  private final String title;

  SettingGroup(String title) {
    this.title = title;
  }

  /** The heading. */
  public String title() {
    return title;
  }
}
