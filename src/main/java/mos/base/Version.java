package mos.base;

/** This program's version. */
public final class Version {
  private Version() {}

  /** As the jar says; classes that are in none are in development. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
