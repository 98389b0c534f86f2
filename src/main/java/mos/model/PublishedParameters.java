package mos.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mos.base.MosException;

/**
 * Which parameter of a published checkpoint is which of ours. Names are the same but for the
 * routers' layers, which are matched by their order, because the position numbers in their names
 * depend on how the reference nests its layers.
 */
public final class PublishedParameters {
  private static final Pattern ROUTER = Pattern.compile("(.*_expert\\.)(.+)\\.(weight|bias)");
  private static final Pattern DIGITS = Pattern.compile("\\d{1,9}");

  /** Compares digit runs as numbers. */
  private static final Comparator<String> NATURAL =
      Comparator.comparing(
          name ->
              DIGITS
                  .matcher(name)
                  .replaceAll(
                      m -> String.format(Locale.ROOT, "%09d", Integer.parseInt(m.group()))));

  private PublishedParameters() {}

  /**
   * Finds the published name of every parameter.
   *
   * @param ours our names
   * @param published names in the checkpoint
   * @param where the checkpoint, for the message
   * @return our name to the published one
   * @throws MosException naming a parameter that the checkpoint lacks
   */
  public static Map<String, String> match(
      Collection<String> ours, Collection<String> published, String where) {
    Set<String> there = new HashSet<>(published);
    Map<String, List<String>> ourRouters = routers(ours);
    Map<String, List<String>> theirRouters = routers(published);
    Map<String, String> result = new TreeMap<>();
    for (String name : ours) {
      Matcher router = ROUTER.matcher(name);
      String match = name;
      if (router.matches()) {
        String group = router.group(1) + router.group(3);
        int order = ourRouters.get(group).indexOf(name);
        List<String> candidates = theirRouters.getOrDefault(group, List.of());
        match = order < candidates.size() ? candidates.get(order) : name;
      }
      if (!there.contains(match)) {
        throw new MosException(where + ": no parameter " + match);
      }
      result.put(name, match);
    }
    return result;
  }

  /** Router parameters in their layers' order, grouped by router and kind (weight or bias). */
  private static Map<String, List<String>> routers(Collection<String> names) {
    Map<String, List<String>> groups =
        names.stream()
            .filter(name -> ROUTER.matcher(name).matches())
            .collect(
                Collectors.groupingBy(
                    name -> {
                      Matcher m = ROUTER.matcher(name);
                      m.matches();
                      return m.group(1) + m.group(3);
                    }));
    groups.replaceAll((group, list) -> list.stream().sorted(NATURAL).toList());
    return groups;
  }
}
