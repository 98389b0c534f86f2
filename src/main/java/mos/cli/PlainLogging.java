package mos.cli;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What the program logs, as lines for people on standard error: information as it is, anything else
 * with its level before it. The system property {@code mos.log} names the least level, INFO where
 * it is not set. Only the command line uses it ({@code slf4j.provider}); an application that uses
 * the library logs as it likes.
 */
public final class PlainLogging implements SLF4JServiceProvider {
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new NOPMDCAdapter();
  private final Level least;

  /** For SLF4J, which makes it. */
  public PlainLogging() {
    least = level(System.getProperty("mos.log", "info"));
  }

  private static Level level(String name) {
    for (Level level : Level.values()) {
      if (level.name().equals(name.toUpperCase(Locale.ROOT))) {
        return level;
      }
    }
    return Level.INFO;
  }

  @Override
  public void initialize() {
    // There is nothing to prepare.
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    Logger lines = new Lines(least);
    // What SentencePiece's library tells is where it unpacks itself.
    Logger warnings = new Lines(least.toInt() > Level.WARN.toInt() ? least : Level.WARN);
    return name -> name.startsWith("ai.djl.") ? warnings : lines;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0";
  }

  /** Writes lines; the same for every class. */
  private static final class Lines extends LegacyAbstractLogger {
    private final transient Level least;

    Lines(Level least) {
      this.least = least;
    }

    private boolean shows(Level level) {
      return level.toInt() >= least.toInt();
    }

    @Override
    public boolean isTraceEnabled() {
      return shows(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
      return shows(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
      return shows(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
      return shows(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
      return shows(Level.ERROR);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String message, Object[] arguments, Throwable cause) {
      String text = MessageFormatter.basicArrayFormat(message, arguments);
      String label =
          switch (level) {
            case INFO -> "";
            case WARN -> "warning: ";
            default -> level.name().toLowerCase(Locale.ROOT) + ": ";
          };
      String why = cause == null ? "" : ": " + cause;
      byte[] line = (label + text + why + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
      // In one piece, so that lines of several threads do not mix.
      System.err.write(line, 0, line.length);
      System.err.flush();
    }
  }
}
