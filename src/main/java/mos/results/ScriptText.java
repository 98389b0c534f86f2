package mos.results;

/** What {@code generate-script} prints. */
public record ScriptText(String script) {}
