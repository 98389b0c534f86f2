/**
 * Search spaces and the architectures in them. Needs no native code. Start with {@link
 * mos.space.SearchSpace} and {@link mos.space.SubTransformer}.
 */
package mos.space;
