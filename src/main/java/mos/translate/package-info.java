/**
 * Translation by libtorch: step-by-step decoding with caches, and models for {@code mos.beam} on a
 * CPU and a GPU. Start with {@link mos.translate.TorchTranslator}. Shapes are those of {@code
 * mos.nn}'s legend; N = B·beam rows, the beams of a sentence adjacent.
 */
package mos.translate;
