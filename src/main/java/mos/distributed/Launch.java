package mos.distributed;

import java.util.Map;
import java.util.Optional;
import mos.base.ConfigurationException;

/**
 * A process's place among others, as torchrun says it in the environment: MASTER_ADDR, MASTER_PORT,
 * RANK, WORLD_SIZE, LOCAL_RANK and LOCAL_WORLD_SIZE.
 *
 * @param address host name or IP address of rank 0's host
 * @param port on which rank 0 listens, 1 to 65535
 * @param rank from 0
 * @param size number of processes, at least 1
 * @param localRank from 0, which GPU of this host it has; processes side by side on one have the
 *     same
 * @param localSize number of processes of this host, at least 1; 1 when nothing says
 * @param agent prefix of this launch's keys where torchrun listens itself, for all launches of a
 *     job; empty where rank 0 is to listen
 */
public record Launch(
    String address, int port, int rank, int size, int localRank, int localSize, String agent) {
  /** Where rank 0 listens. */
  public Launch(String address, int port, int rank, int size, int localRank, int localSize) {
    this(address, port, rank, size, localRank, localSize, "");
  }

  /** Whether torchrun listens. */
  boolean hasAgent() {
    return !agent.isEmpty();
  }

  /**
   * @return empty when none of RANK and WORLD_SIZE is set
   * @throws ConfigurationException naming the variable that is missing or out of range
   */
  public static Optional<Launch> of(Map<String, String> environment) {
    if (!environment.containsKey("RANK") && !environment.containsKey("WORLD_SIZE")) {
      return Optional.empty();
    }
    int size = number(environment, "WORLD_SIZE", 1, 1 << 16);
    int rank = number(environment, "RANK", 0, size - 1);
    int local =
        environment.containsKey("LOCAL_RANK") ? number(environment, "LOCAL_RANK", 0, rank) : 0;
    int localSize =
        environment.containsKey("LOCAL_WORLD_SIZE")
            ? number(environment, "LOCAL_WORLD_SIZE", local + 1, size)
            : 1;
    int port = number(environment, "MASTER_PORT", 1, 65535);
    return Optional.of(
        new Launch(
            text(environment, "MASTER_ADDR"),
            port,
            rank,
            size,
            local,
            localSize,
            agent(environment, size)));
  }

  /** What torchrun calls its own store; it stays when processes are started again. */
  private static String agent(Map<String, String> environment, int size) {
    return "True".equals(environment.get("TORCHELASTIC_USE_AGENT_STORE"))
        ? "mos/" + environment.getOrDefault("TORCHELASTIC_RESTART_COUNT", "0") + "/" + size
        : "";
  }

  private static String text(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw new ConfigurationException(
          "environment variable "
              + name
              + " is missing: RANK or WORLD_SIZE is set, so MASTER_ADDR, MASTER_PORT, RANK and"
              + " WORLD_SIZE are all needed (unset both to train in one process)");
    }
    return value.strip();
  }

  private static int number(Map<String, String> environment, String name, int least, int most) {
    String value = text(environment, name);
    int number = value.matches("\\d{1,9}") ? Integer.parseInt(value) : -1;
    if (number < least || number > most) {
      throw new ConfigurationException(
          "environment variable "
              + name
              + ": got "
              + value
              + ", need a whole number from "
              + least
              + " to "
              + most);
    }
    return number;
  }
}
