package mos.translation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import mos.base.MosException;
import mos.beam.BatchSearch;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;

/**
 * Sentences of all callers on their way to one model. A thread of its own takes what waits, of
 * several callers together, and has it translated as one batch; what comes meanwhile is the next
 * batch, so that nobody waits for a batch to fill. Callers with many sentences take turns.
 */
final class TranslationQueue implements AutoCloseable {
  /** Translates sentences; always called on the queue's thread. */
  interface Model extends AutoCloseable {
    /**
     * Finds hypotheses of each sentence, as many as the beam has.
     *
     * @param found told of each sentence, by its place, as soon as it is finished
     */
    void translate(List<int[]> sentences, BeamOptions beam, BatchSearch.Found found);

    /** Frees what it made on the queue's thread. */
    @Override
    void close();
  }

  /** Sentences of a batch, at most: no caller waits longer for a turn. */
  static final int BATCH_SENTENCES = 256;

  /** Sentences that a caller gives to a batch before others give theirs. */
  private static final int TURN_SENTENCES = 64;

  /** What a caller waits for. */
  private static final class Call {
    private final List<int[]> sentences;
    private final BeamOptions beam;
    private final List<List<Hypothesis>> found;
    private final CompletableFuture<List<List<Hypothesis>>> end = new CompletableFuture<>();

    /** Sentences that batches took so far. */
    private int taken;

    /** Sentences that are found. */
    private int ready;

    Call(List<int[]> sentences, BeamOptions beam) {
      this.sentences = sentences;
      this.beam = beam;
      this.found = new ArrayList<>(Collections.nCopies(sentences.size(), null));
    }

    boolean isTaken() {
      return taken == sentences.size();
    }

    void found(int sentence, List<Hypothesis> nBest) {
      found.set(sentence, nBest);
      ready++;
      if (ready == sentences.size()) {
        end.complete(found);
      }
    }
  }

  /**
   * Sentences of a call in a batch.
   *
   * @param from the first of them
   */
  private record Part(Call call, int from, int to) {}

  private final Model model;
  private final Thread thread;
  private final Deque<Call> waiting = new ArrayDeque<>();
  private boolean closed;
  private TranslationCounts counts = TranslationCounts.NONE;

  TranslationQueue(Model model) {
    this.model = model;
    thread = new Thread(this::work, "translation");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Puts sentences in the queue.
   *
   * @param sentences with their end symbols, not changed any more
   * @return hypotheses of each, the best first; when it is cancelled what has not begun is dropped
   * @throws IllegalStateException after {@link #close}
   */
  CompletableFuture<List<List<Hypothesis>>> add(List<int[]> sentences, BeamOptions beam) {
    Call call = new Call(List.copyOf(sentences), beam);
    synchronized (waiting) {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      if (call.isTaken()) {
        call.end.complete(List.of());
      } else {
        waiting.add(call);
        waiting.notifyAll();
      }
    }
    return call.end;
  }

  /** What was translated until now. */
  TranslationCounts counts() {
    synchronized (waiting) {
      return counts;
    }
  }

  private void work() {
    try (model) {
      for (List<Part> batch = next(); !batch.isEmpty(); batch = next()) {
        translate(batch);
      }
    }
  }

  /** The next batch; empty at the end. */
  private List<Part> next() {
    synchronized (waiting) {
      waiting.removeIf(call -> call.end.isDone());
      while (waiting.isEmpty() && !closed) {
        try {
          waiting.wait();
        } catch (InterruptedException e) {
          // nobody has this thread to interrupt it: the queue ends by being closed
          continue;
        }
        waiting.removeIf(call -> call.end.isDone());
      }
      return waiting.isEmpty() ? List.of() : batch(waiting.peek().beam);
    }
  }

  /** Of the calls with this beam, in turns. */
  private List<Part> batch(BeamOptions beam) {
    Map<Call, Integer> firsts = new LinkedHashMap<>();
    List<Call> same = waiting.stream().filter(call -> call.beam.equals(beam)).toList();
    int room = BATCH_SENTENCES;
    while (room > 0 && same.stream().anyMatch(call -> !call.isTaken())) {
      for (Call call : same) {
        int some = Math.min(room, Math.min(TURN_SENTENCES, call.sentences.size() - call.taken));
        if (some > 0) {
          firsts.putIfAbsent(call, call.taken);
          call.taken += some;
          room -= some;
        }
      }
    }
    List<Part> parts = new ArrayList<>();
    firsts.forEach((call, from) -> parts.add(new Part(call, from, call.taken)));
    // who has more goes behind those that came meanwhile
    waiting.removeAll(firsts.keySet());
    firsts.keySet().stream().filter(call -> !call.isTaken()).forEach(waiting::add);
    return parts;
  }

  /** Each caller goes on when its own sentences are found. */
  private void translate(List<Part> batch) {
    List<Call> calls = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (Part part : batch) {
      for (int i = part.from(); i < part.to(); i++) {
        if (part.call().found.get(i) == null) {
          calls.add(part.call());
          places.add(i);
        }
      }
    }
    List<int[]> sentences = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      sentences.add(calls.get(i).sentences.get(places.get(i)));
    }
    try {
      count(TranslationCounts.ONE_BATCH);
      model.translate(
          sentences,
          batch.get(0).call().beam,
          (sentence, nBest) -> {
            count(TranslationCounts.of(sentences.get(sentence), nBest));
            calls.get(sentence).found(places.get(sentence), nBest);
          });
    } catch (RuntimeException | OutOfMemoryError e) {
      if (batch.size() > 1) {
        // one caller's trouble is not another's
        batch.stream()
            .filter(part -> !part.call().end.isDone())
            .map(List::of)
            .forEach(this::translate);
      } else {
        batch.get(0).call().end.completeExceptionally(e);
      }
    } catch (Error e) {
      calls.forEach(call -> call.end.completeExceptionally(e));
      throw e;
    }
  }

  private void count(TranslationCounts more) {
    synchronized (waiting) {
      counts = counts.plus(more);
    }
  }

  /** Ends, once all that is in the queue was translated. */
  @Override
  public void close() {
    synchronized (waiting) {
      closed = true;
      waiting.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    List<Call> left;
    synchronized (waiting) {
      left = List.copyOf(waiting);
      waiting.clear();
    }
    left.forEach(
        call -> call.end.completeExceptionally(new MosException("the model's thread has ended")));
  }
}
