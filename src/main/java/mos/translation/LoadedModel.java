package mos.translation;

import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.train.ModelDescription;

/** An exported model in the memory of some runtime. */
interface LoadedModel extends AutoCloseable {
  /** What its folder says of it. */
  ModelDescription description();

  /** Makes a translator for the calling thread, which closes it before this is closed. */
  Translator translator(TranslationOptions options);

  @Override
  void close();
}
