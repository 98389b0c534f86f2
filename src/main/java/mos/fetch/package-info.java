/**
 * Gets published archives: {@link mos.fetch.Download} brings a file over a bad line, {@link
 * mos.fetch.SafeArchive} unpacks it without trusting it. No native code.
 */
package mos.fetch;
