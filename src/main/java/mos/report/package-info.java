/**
 * What people read: progress and tables on the console, and {@code report.html} of an output
 * folder. Needs no native code and no network. Start with {@link mos.report.Progress}, {@link
 * mos.report.Table} and {@link mos.report.ReportPage}.
 */
package mos.report;
