/**
 * Translation with a trained model: step-by-step decoding, beam search, batching, and the printed
 * forms of translations. Start with {@link mos.translate.Translator}. Results never depend on which
 * sentences share a batch. Shapes are those of {@code mos.nn}'s legend; N = B·beam rows, the beams
 * of a sentence adjacent.
 */
package mos.translate;
