package mos.config;

/** What a setting does to the result of work that reads it. Each setting says it once. */
public enum Effect {
  /** It decides the result: with another value the work is done anew. */
  RESULT,
  /**
   * It says how much work is done: raised while the work is unfinished, the work goes on; a
   * finished result is another one.
   */
  EXTENDS,
  /** It says how much there is of a result, finished or not: raised, the rest is added. */
  GROWS,
  /**
   * It decides nothing of a result, beside rounding: how fast, how long to wait, what to allow,
   * where results go.
   */
  NONE;

  /** Whether work with results goes on when no more than such a setting was raised. */
  public boolean goesOn(boolean finished) {
    return this == GROWS || this == EXTENDS && !finished;
  }
}
