/**
 * What people read in a browser: {@code report.html} of an output folder, and several runs side by
 * side. Needs no native code and no network. Start with {@link mos.report.ReportPage}.
 */
package mos.report;
