package mos.results;

import java.util.List;

/**
 * What {@code init} chose.
 *
 * @param task the file that it wrote
 * @param data the data folder
 * @param pairs sentence pairs of the training set
 * @param tokens of its target side, after BPE
 * @param space the search space: tiny, base or big
 * @param why each choice with its reason, in sentences
 */
public record InitFigures(
    String task,
    String data,
    String sourceLang,
    String targetLang,
    long pairs,
    long tokens,
    String space,
    int maxTokens,
    int updateFreq,
    int maxUpdate,
    List<String> why) {}
