package mos.results;

import java.util.List;

/** What {@code list} found. */
public record RunList(List<ListedRun> runs) {}
