/**
 * Translation of raw text with a model that {@code mos export} wrote: tokenised, split by BPE,
 * translated and joined again as the model's data were made. Start at {@link
 * mos.translation.TranslationModel}.
 */
package mos.translation;
