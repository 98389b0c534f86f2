/**
 * Beam search on the host, for the models of any runtime: hypotheses, their ends and their scores,
 * sentences in slots, batches by length, and the printed forms of translations. A model is a {@link
 * mos.beam.SlotModel}, of plain arrays; a runtime offers it as a {@link mos.beam.BatchModel}. Start
 * with {@link mos.beam.Translator}. Results never depend on which sentences share a batch. N =
 * n·beam rows, the beams of a sentence adjacent; V target symbols.
 */
package mos.beam;
