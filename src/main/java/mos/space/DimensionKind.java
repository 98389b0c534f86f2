package mos.space;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import mos.config.Setting;

/**
 * What a dimension is, alike for encoder and decoder: which values mean something, what has one,
 * and how it is told to people and to networks. Whoever reads, writes, counts or describes
 * architectures goes through these and through {@link Dimension}; a new dimension is a line in
 * both.
 */
public enum DimensionKind {
  /** Embedding width. */
  EMBED(Scope.SIDE, 1, DimensionKind.MAX_SIZE, "embedding width", ""),
  /** Depth. */
  LAYERS(Scope.SIDE, 1, 1000, "number of layers", ""),
  /** FFN size; of a layer with token experts that of the first. */
  FFN(Scope.LAYER, 1, DimensionKind.MAX_SIZE, "FFN size", ""),
  /** Number of attention heads. */
  HEADS(Scope.LAYER, 1, DimensionKind.MAX_SIZE, "attention heads", ""),
  /** Encoder layers that a decoder layer attends to: −1, 1 or 2. */
  ATTENTION(
      Scope.LAYER,
      -1,
      2,
      "encoder layers that a layer attends to (-1: the last, 1: the last two, 2: three)",
      ""),
  /** Number of token experts. */
  EXPERTS(
      Scope.EXPERTS,
      1,
      Dimension.MAX_TOKEN_EXPERTS,
      "number of token-routed experts",
      "; not given: 1, none"),
  /** FFN sizes of the token experts after a layer's first. */
  EXPERT_FFN(
      Scope.EXPERT,
      0,
      DimensionKind.MAX_SIZE,
      "FFN size of token experts after the first; 0: an identity expert",
      "; not given: the FFN's"),
  /** Size of attention heads. */
  HEAD_DIM(
      Scope.OPTION,
      1,
      DimensionKind.MAX_SIZE,
      "size of an attention head",
      "; not given: qkv-dim / heads"),
  /** Activation of FFNs: a place in {@link SubTransformer#ACTIVATIONS}, from 1. */
  ACTIVATION(SubTransformer.ACTIVATIONS, "activation of FFNs", "; not given: activation-fn");

  /** Largest width, FFN size or head count that files may ask for. */
  private static final int MAX_SIZE = 1 << 20;

  /** What has a value. */
  private enum Scope {
    /** The encoder or the decoder. */
    SIDE,
    /** Every layer. */
    LAYER,
    /** Every layer; 1 in spaces without token experts. */
    EXPERTS,
    /** Every token expert of a layer after the first. */
    EXPERT,
    /** Every layer in spaces that list choices; 0 in others. */
    OPTION
  }

  private final Scope scope;
  private final int least;
  private final int most;
  private final List<String> names;
  private final String what;
  private final String note;

  /** Numbers. */
  DimensionKind(Scope scope, int least, int most, String what, String note) {
    this(scope, least, most, List.of(), what, note);
  }

  /** Names, whose values are their places from 1. */
  DimensionKind(List<String> names, String what, String note) {
    this(Scope.OPTION, 1, names.size(), names, what, note);
  }

  DimensionKind(Scope scope, int least, int most, List<String> names, String what, String note) {
    this.scope = scope;
    this.least = least;
    this.most = most;
    this.names = names;
    this.what = what;
    this.note = note;
  }

  /** The dimensions of this kind, in order. */
  public List<Dimension> dimensions() {
    return Arrays.stream(Dimension.values()).filter(one -> one.kind() == this).toList();
  }

  /** Whether every layer has a value of its own, or several. */
  public boolean perLayer() {
    return scope != Scope.SIDE;
  }

  /** Whether layers have one value of this or, in spaces without, 0. */
  public boolean option() {
    return scope == Scope.OPTION;
  }

  /** Whether spaces need not have it. */
  public boolean optional() {
    return perLayer() && scope != Scope.LAYER;
  }

  /** Whether it is of token-routed experts. */
  public boolean ofTokenExperts() {
    return scope == Scope.EXPERTS || scope == Scope.EXPERT;
  }

  /** What files have in place of numbers, for 1, 2, …; empty where they have numbers. */
  public List<String> names() {
    return names;
  }

  /** For people. */
  String what() {
    return what;
  }

  /** For people, of choices that are not given. */
  String note() {
    return note;
  }

  /** A setting of such values. */
  Setting<List<Integer>> setting(String key) {
    return names.isEmpty()
        ? Setting.ofInts(key).range(least, most)
        : Setting.ofNumbered(key, names);
  }

  /** A setting of lists of such values, one list per layer. */
  Setting<List<Integer>> joinedSetting(String key) {
    return Setting.ofJoinedInts(key).range(least, most);
  }

  /** Whether a value means something; files have upper limits as well. */
  boolean legal(int value) {
    return value >= least
        && (this != ATTENTION || value != 0 && value <= most)
        && (names.isEmpty() || value <= most);
  }

  /** What {@link #legal} values are, for messages. */
  String need() {
    return this == ATTENTION
        ? "-1, 1 or 2"
        : names.isEmpty() ? "at least " + least : "in 1.." + most;
  }

  /** The same of one value in JSON. */
  String needInJson() {
    return names.isEmpty()
        ? this == ATTENTION ? need() : "a whole number from " + least
        : "one of " + names;
  }

  /**
   * What the largest or the smallest SubTransformer has of these choices: as published, arbitrary
   * attention 1 if it is a choice; of names, of which none is larger, the first.
   */
  int end(List<Integer> choices, boolean largest) {
    if (this == ATTENTION || !names.isEmpty()) {
      return this == ATTENTION && choices.contains(1) ? 1 : choices.get(0);
    }
    return largest ? Collections.max(choices) : Collections.min(choices);
  }

  /** How many features a value is: of names, one for each but the first. */
  int features() {
    return Math.max(1, names.size() - 1);
  }

  /** Feature {@code index} of a value: the number, or 1 for the name that it stands for. */
  int feature(int value, int index) {
    if (!names.isEmpty()) {
      return value == index + 2 ? 1 : 0;
    }
    // The settings −1, 1, 2 ask for 1, 2, 3 encoder outputs.
    return this != ATTENTION ? value : value == -1 ? 1 : value + 1;
  }
}
