/**
 * The pieces of work of the pipeline as a library: train a SuperTransformer, search it, train what
 * was found, measure, translate. Each is a record of all that it needs, and its {@code run} gives a
 * record of {@link mos.results}. Nothing here reads settings or prints; progress goes to standard
 * error through {@link mos.report.Progress}.
 *
 * <p>Start with {@link mos.experiment.Search}.
 */
package mos.experiment;
