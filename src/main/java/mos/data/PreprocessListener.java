package mos.data;

/** Follows preprocessing, for progress display. Called on the thread that preprocesses. */
public interface PreprocessListener {
  /** Nobody follows. */
  PreprocessListener SILENT = new PreprocessListener() {};

  /**
   * A pass over a text began.
   *
   * @param what names part and pass, such as "train (tok)"
   */
  default void started(String what) {}

  /** So many sentence pairs of the pass are done. */
  default void done(long lines) {}

  /** The pass is over. */
  default void finished() {}
}
