/**
 * Text as the published systems prepare it: punctuation normalisation, Moses tokenisation and
 * detokenisation, byte pair encoding, corpus cleaning. Output equals that of the Moses scripts and
 * of subword-nmt. Start at {@link mos.text.MosesTokenizer} and {@link mos.text.BpeLearner}.
 */
package mos.text;
