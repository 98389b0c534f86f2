package mos.train;

import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.tensor.Precision;

/**
 * How the gradients of an update are computed.
 *
 * @param dropout dropout probabilities
 * @param labelSmoothing mass spread over the vocabulary
 * @param distillation how the largest SubTransformer of an update teaches the others
 * @param tokenExperts how token-routed experts are trained
 * @param precision of forward and backward passes
 * @param deterministic whether equal updates leave equal bits on a GPU too
 */
public record GradientConfig(
    DropoutRates dropout,
    double labelSmoothing,
    Distillation distillation,
    TokenTraining tokenExperts,
    Precision precision,
    boolean deterministic) {

  /** The same in another precision. */
  GradientConfig with(Precision other) {
    return new GradientConfig(
        dropout, labelSmoothing, distillation, tokenExperts, other, deterministic);
  }
}
