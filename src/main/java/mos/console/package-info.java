/**
 * What people read on the console: progress, tables, and numbers and durations in words. Needs no
 * native code. Start with {@link mos.console.Progress} and {@link mos.console.Table}.
 */
package mos.console;
