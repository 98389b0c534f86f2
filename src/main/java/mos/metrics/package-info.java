/**
 * Translation quality: {@link mos.metrics.Bleu} on tokens, {@link mos.metrics.SacreBleu} and {@link
 * mos.metrics.Chrf} on plain text. Numbers equal those of multi-bleu.perl and sacrebleu 2.6.0.
 */
package mos.metrics;
