package mos.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import mos.base.LineReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Words that keep a following full stop: abbreviations, initials, German ordinals.
 *
 * @param always without regard to what follows
 * @param beforeNumber only where a digit follows
 */
record NonbreakingPrefixes(Set<String> always, Set<String> beforeNumber) {
  private static final Logger LOG = LoggerFactory.getLogger(NonbreakingPrefixes.class);
  private static final String NUMERIC_ONLY = " #NUMERIC_ONLY#";
  private static final String FALLBACK = "en";

  NonbreakingPrefixes {
    always = Set.copyOf(always);
    beforeNumber = Set.copyOf(beforeNumber);
  }

  /** The list of a language; as in Moses the English one where there is none. */
  static NonbreakingPrefixes of(String language) {
    try (InputStream own = open(language)) {
      if (own != null) {
        return read(own);
      }
      LOG.warn("no abbreviations known for language '{}': using those of English", language);
      try (InputStream english = open(FALLBACK)) {
        return read(english);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String language) {
    return language.matches("[a-z]{2,3}")
        ? NonbreakingPrefixes.class.getResourceAsStream("/mos/text/nonbreaking." + language)
        : null;
  }

  @SuppressWarnings("resource") // the caller closes the stream
  private static NonbreakingPrefixes read(InputStream in) throws IOException {
    Set<String> always = new HashSet<>();
    Set<String> beforeNumber = new HashSet<>();
    LineReader reader = LineReader.of(in, "nonbreaking prefixes");
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.endsWith(NUMERIC_ONLY)) {
        beforeNumber.add(line.substring(0, line.length() - NUMERIC_ONLY.length()));
      } else if (!line.isEmpty() && line.charAt(0) != '#') {
        always.add(line);
      }
    }
    return new NonbreakingPrefixes(always, beforeNumber);
  }
}
