package mos.nn;

import org.bytedeco.pytorch.Tensor;

/** What a layer does with every token by itself: one feed-forward layer, or one of several. */
public sealed interface PositionWise permits FeedForward, SwitchFeedForward {
  /**
   * (…, D) → (…, D).
   *
   * @param routing what a training pass asks of token routing; null in evaluation
   * @param tokens (…) boolean, which rows are tokens and not padding; null: all
   */
  Tensor apply(Tensor x, double activationDropout, TokenRouting routing, Tensor tokens);
}
