/**
 * The commands: each makes an experiment of its settings, runs it and puts the result in words.
 * What a command asks its settings for is what decides its result.
 *
 * <p>Start with {@link mos.command.Command}; {@link mos.command.SingleCommands} lists them.
 */
package mos.command;
