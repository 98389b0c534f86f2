package mos.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Reads a YAML file of {@code key: scalar} and {@code key: [scalars]}, one mapping in one document.
 * Works on the parser's events, so nothing is constructed and nesting is refused when met: a
 * hostile file costs no more than its (bounded) size.
 */
final class YamlSource {
  private static final int MAX_BYTES = 1 << 20;

  private final String name;
  private final Iterator<Event> events;
  private final Map<String, RawValue> anchors = new HashMap<>();

  private YamlSource(String name, String text) {
    this.name = name;
    LoadSettings settings = LoadSettings.builder().setLabel(name).setUseMarks(true).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /** Key, folded to hyphens, and value of every line of the file, in its order. */
  static Map<String, RawValue> read(Path file) {
    return parse(text(file), file.toString());
  }

  static Map<String, RawValue> parse(String text, String name) {
    try {
      return new YamlSource(name, text).mapping();
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      throw new ConfigurationException(
          "not valid YAML: " + e.getProblem() + " (" + name + line + ")", e);
    } catch (MosException e) {
      throw e;
    } catch (RuntimeException e) {
      // Malformed escapes make the library throw NumberFormatException and its like, unmarked.
      throw new ConfigurationException("not valid YAML: " + e.getMessage() + " (" + name + ")", e);
    }
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new ConfigurationException(
            file + ": got more than " + MAX_BYTES + " bytes, too large for a configuration");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(file + ": not valid UTF-8", e);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  private Map<String, RawValue> mapping() {
    Map<String, RawValue> values = new LinkedHashMap<>();
    Event event = skipStarts();
    if (event.getEventId() == Event.ID.StreamEnd || isEmptyDocument(event)) {
      return values;
    }
    if (event.getEventId() != Event.ID.MappingStart) {
      throw new ConfigurationException("need lines of the form key: value (" + where(event) + ")");
    }
    for (Event key = events.next(); key.getEventId() != Event.ID.MappingEnd; key = events.next()) {
      String name = Setting.fold(scalar(key));
      RawValue value = value(name, events.next());
      if (values.putIfAbsent(name, value) != null) {
        throw new ConfigurationException(name + ": given twice (" + where(key) + ")");
      }
    }
    while (events.hasNext()) {
      Event rest = events.next();
      if (rest.getEventId() == Event.ID.DocumentStart) {
        throw new ConfigurationException("need one YAML document, got two (" + where(rest) + ")");
      }
    }
    return values;
  }

  private Event skipStarts() {
    Event event = events.next();
    while (event.getEventId() == Event.ID.StreamStart
        || event.getEventId() == Event.ID.DocumentStart
        || event.getEventId() == Event.ID.Comment) {
      event = events.next();
    }
    return event;
  }

  private static boolean isEmptyDocument(Event event) {
    return event instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().isEmpty();
  }

  private RawValue value(String key, Event event) {
    RawValue value;
    if (event instanceof AliasEvent alias) {
      value = anchors.get(alias.getAlias().getValue());
      if (value == null) {
        throw new ConfigurationException(key + ": unknown alias (" + where(event) + ")");
      }
      return new RawValue(value.items(), value.list(), where(event));
    } else if (event.getEventId() == Event.ID.SequenceStart) {
      value = new RawValue(list(), true, where(event));
    } else {
      value = RawValue.scalar(scalar(event), where(event));
    }
    RawValue read = value;
    ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), read));
    return value;
  }

  private List<String> list() {
    List<String> items = new ArrayList<>();
    Event item = events.next();
    while (item.getEventId() != Event.ID.SequenceEnd) {
      items.add(scalar(item));
      item = events.next();
    }
    return items;
  }

  private String scalar(Event event) {
    if (!(event instanceof ScalarEvent scalar)) {
      throw new ConfigurationException(
          "got a nested value, need a scalar or a list of scalars (" + where(event) + ")");
    }
    if (scalar.getTag().isPresent() && !scalar.getTag().get().equals("!")) {
      throw new ConfigurationException(
          "got the tag " + scalar.getTag().get() + ", tags are not allowed (" + where(event) + ")");
    }
    boolean isNull =
        scalar.isPlain() && (scalar.getValue().equals("~") || scalar.getValue().equals("null"));
    return isNull ? "" : scalar.getValue();
  }

  private String where(Event event) {
    return name + event.getStartMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
  }
}
