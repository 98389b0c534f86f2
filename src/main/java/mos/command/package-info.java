/**
 * The stages of an experiment. Each is a {@link mos.command.Task}: settings in, figures out. A
 * {@link mos.command.Plan} lists the tasks of a whole run; the {@code run} command executes it, and
 * {@code generate-script} prints it, so that both always mean the same.
 */
package mos.command;
