package mos.results;

/**
 * What {@code report} wrote.
 *
 * @param report the page
 */
public record ReportFigures(String report) {}
