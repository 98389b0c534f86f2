/**
 * Text and tokens on disk and in batches: the vocabulary, corpora in fairseq's forms, batching by
 * tokens, and the preparation of raw parallel text. No native code.
 *
 * <p>Where to start: {@link mos.data.Preprocessor} makes a data folder from raw text, {@link
 * mos.data.ParallelCorpus} opens one, {@link mos.data.BatchPlanner} divides it into batches, {@link
 * mos.data.UpdateIterator} walks through them update by update, and {@link mos.data.BatchSource}
 * does so on a thread of its own.
 *
 * <p>Corpora are memory-mapped and sentences are known by their index alone, so that a corpus may
 * be larger than memory and have 100 million sentences.
 */
package mos.data;
