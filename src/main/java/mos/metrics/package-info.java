/**
 * Translation quality: {@link mos.metrics.Bleu} on tokens, {@link mos.metrics.SacreBleu}, {@link
 * mos.metrics.Chrf} and {@link mos.metrics.Ter} on plain text, with one or several references, and
 * {@link mos.metrics.Significance} of differences. Numbers equal those of multi-bleu.perl and
 * sacrebleu 2.6.0.
 */
package mos.metrics;
