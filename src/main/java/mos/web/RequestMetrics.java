package mos.web;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a server has answered, as Prometheus reads it. Safe for use by several threads. */
public final class RequestMetrics {
  private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

  /** Requests by path and status. */
  private final Map<String, Long> requests = new TreeMap<>();

  private final long[] within = new long[BOUNDS.length + 1];
  private double seconds;
  private long answered;

  /** Adds one answer; only those to POST are timed. */
  synchronized void count(String path, int status, boolean timed, double took) {
    String labels = "{path=\"" + path + "\",status=\"" + status + "\"}";
    requests.merge(labels, 1L, Long::sum);
    if (timed && status == 200) {
      int place = Arrays.binarySearch(BOUNDS, took);
      within[place < 0 ? -place - 1 : place]++;
      seconds += took;
      answered++;
    }
  }

  /** The lines of Prometheus' text format. */
  public synchronized String text() {
    StringBuilder out = new StringBuilder();
    head("mos_requests_total", "counter", "Requests by path and status.", out);
    requests.forEach((labels, count) -> line("mos_requests_total" + labels, count, out));
    head("mos_request_seconds", "histogram", "Time from the whole request to its answer.", out);
    long sum = 0;
    for (int i = 0; i < BOUNDS.length; i++) {
      sum += within[i];
      line("mos_request_seconds_bucket{le=\"" + BOUNDS[i] + "\"}", sum, out);
    }
    line("mos_request_seconds_bucket{le=\"+Inf\"}", answered, out);
    out.append(String.format(Locale.ROOT, "mos_request_seconds_sum %.6f\n", seconds));
    line("mos_request_seconds_count", answered, out);
    return out.toString();
  }

  /** A metric with one value. */
  public static void metric(String name, String type, String help, long value, StringBuilder out) {
    head(name, type, help, out);
    line(name, value, out);
  }

  private static void head(String name, String type, String help, StringBuilder out) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void line(String name, long value, StringBuilder out) {
    out.append(name).append(' ').append(value).append('\n');
  }
}
