package mos.results;

/**
 * What else the machine did while something was measured, flat in what holds it; null where the
 * system does not tell.
 *
 * @param otherLoadCores cores that other programs kept busy, on average
 * @param clockMhz clock of the cores, mean
 * @param loadAverage runnable threads over the last minute
 */
public record LoadFigures(Double otherLoadCores, Double clockMhz, Double loadAverage) {
  /** Nothing is known. */
  public static final LoadFigures UNKNOWN = new LoadFigures(null, null, null);
}
