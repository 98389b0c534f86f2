/**
 * The whole pipeline: a plan of commands, which {@code run} executes and {@code generate-script}
 * prints, so that both always mean the same; records of what its stages gave; the summary.
 *
 * <p>Start with {@link mos.run.RunCommand}.
 */
package mos.run;
