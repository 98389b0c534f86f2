/**
 * The SuperTransformer, its experts and routers, and the plain Transformer that every
 * SubTransformer is. Start with {@link mos.model.SuperTransformer}: {@code derive(architecture)}
 * gives {@link mos.model.TransformerWeights}, and {@link mos.model.Transformer} runs them. The
 * architecture is always an argument; no model remembers one.
 */
package mos.model;
