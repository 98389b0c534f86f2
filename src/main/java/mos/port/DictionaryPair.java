package mos.port;

import mos.data.Dictionary;

/**
 * The dictionaries that a model was trained with.
 *
 * @param sourceLanguage language code, for example en
 * @param targetLanguage language code, for example de
 */
public record DictionaryPair(
    String sourceLanguage, String targetLanguage, Dictionary source, Dictionary target) {}
