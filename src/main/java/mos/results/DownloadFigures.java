package mos.results;

/**
 * What {@code get-preprocessed} did.
 *
 * @param data the folder
 * @param alreadyThere true where nothing was to be done; null otherwise, as the rest is then
 * @param url of the archive
 * @param bytes of the archive
 * @param checked whether its SHA-256 was known and right
 * @param files that were unpacked
 */
public record DownloadFigures(
    String data, Boolean alreadyThere, String url, Long bytes, Boolean checked, Integer files) {

  /** Nothing was to be done. */
  public static DownloadFigures alreadyThere(String data) {
    return new DownloadFigures(data, true, null, null, null, null);
  }
}
