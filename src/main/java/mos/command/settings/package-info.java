/**
 * All settings of the program, a class for each group: its constants, {@code settings()}, and
 * methods that make the typed configuration of the package that does the work ({@link
 * mos.command.settings.TrainingSettings#of} a {@link mos.train.TrainingConfig}, {@link
 * mos.command.settings.ModelSettings#superTransformer} a {@link mos.model.ModelConfig}). Only a
 * search space and an architecture, which have files of their own, are described in {@link
 * mos.space}. Start with {@link mos.command.settings.AllSettings}, which lists the groups.
 */
package mos.command.settings;
