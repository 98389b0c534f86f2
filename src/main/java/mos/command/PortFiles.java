package mos.command;

/** The setting that names what is written, shared by import, export and average-checkpoints. */
final class PortFiles {
  private PortFiles() {}
}
