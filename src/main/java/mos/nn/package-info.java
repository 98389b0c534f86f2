/**
 * The layers of a Transformer as values: records of weights with a function on them. They know
 * nothing of search spaces or experts; sliced and mixed weights come from {@code mos.model}.
 *
 * <p>Shapes in all Javadoc: B batch, S source length, T target length, D embedding width, H heads,
 * K head size, Q = H·K the query-key-value width, F FFN hidden size, V vocabulary, M experts.
 * Tensors are batch-first; the compute type is float32 unless said otherwise. Masks are boolean
 * with true = may be attended to. Returned tensors belong to the innermost open scope.
 */
package mos.nn;
