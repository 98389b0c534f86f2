package mos.results;

/**
 * What a candidate costs by counting, flat in what holds it; null in files of older versions.
 *
 * @param params parameters
 * @param paramsWithoutEmbedding parameters without embeddings
 * @param flops floating-point operations of one sentence
 */
public record CountFigures(Double params, Double paramsWithoutEmbedding, Double flops) {}
