/**
 * Training of SuperTransformers and single SubTransformers, which differ only in the architectures
 * of an update. Start with {@link mos.train.Trainer}; what it resumes from is a {@link
 * mos.train.Checkpoint}.
 */
package mos.train;
