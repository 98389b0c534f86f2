package mos.report;

/** One of several runs that are set side by side. */
record ComparedRun(String name, OutputFolder folder) {}
