/**
 * Evolutionary search for the SubTransformer with the lowest loss under a hardware constraint, or
 * for the whole front of loss against cost, and random search with the same budget to compare with.
 * Needs no native code: what a candidate is worth and what it costs come through {@link
 * mos.search.Fitness} and {@link mos.search.Constraint}. Start with {@link
 * mos.search.EvolutionarySearch} and {@link mos.search.ParetoSearch}.
 */
package mos.search;
