/**
 * One mechanism for settings, used by every command: YAML files with HAT's keys, overridden by the
 * command line. A {@link mos.config.Setting} states key, type, default, legal range and unit once;
 * {@link mos.config.Settings} holds the values of one run and knows where each came from. Start
 * with {@link mos.config.Settings#load}.
 */
package mos.config;
