package mos.config;

import java.util.Set;

/**
 * Keys that files published with HAT, MoS and fairseq contain and that mean nothing here: they are
 * accepted and named once in the log. No key of this list is a {@link Setting}.
 */
final class IgnoredKeys {
  private static final Set<String> KEYS =
      Set.of(
          // Architecture and loss names; the sizes are always given.
          "arch",
          "criterion",
          "optimizer",
          "user-dir",
          "relu-dropout",
          "left-pad-source",
          "left-pad-target",
          "decoder-learned-pos",
          "encoder-learned-pos",
          "no-token-positional-embeddings",
          "encoder-normalize-before",
          "decoder-normalize-before",
          "decoder-output-dim",
          "decoder-input-dim",
          "adaptive-softmax-cutoff",
          "adaptive-softmax-dropout",
          "adaptive-input",
          "share-decoder-input-output-embed",
          "max-relative-length",
          "get-attn",
          "vocab-original-scaling",
          "no-cross-attention",
          "cross-self-attention",
          "encoder-embed-path",
          "decoder-embed-path",
          "encoder-layerdrop",
          "decoder-layerdrop",
          // Precision, processes, devices.
          "fp16",
          "memory-efficient-fp16",
          "fp16-init-scale",
          "fp16-scale-window",
          "fp16-scale-tolerance",
          "min-loss-scale",
          "threshold-loss-scale",
          "cpu",
          "ddp-backend",
          "distributed-world-size",
          "distributed-rank",
          "distributed-backend",
          "distributed-init-method",
          "distributed-port",
          "distributed-no-spawn",
          "device-id",
          "local-rank",
          "bucket-cap-mb",
          "fix-batches-to-gpus",
          "find-unused-parameters",
          "fast-stat-sync",
          "num-workers",
          "latgpu",
          "latcpu",
          "latsilent",
          // Logging and housekeeping.
          "no-progress-bar",
          "log-interval",
          "log-format",
          "tensorboard-logdir",
          "tbmf-wrapper",
          "save-interval",
          "keep-interval-updates",
          "no-save",
          "no-epoch-checkpoints",
          "no-last-checkpoints",
          "no-save-optimizer-state",
          "maximize-best-checkpoint-metric",
          "pdb",
          "empty-cache-freq",
          "profile-flops",
          "profile-latency",
          "sub-configs",
          "configs",
          "evo-configs",
          "validate-subtransformer",
          "validate-subnet",
          // Schedules and samplers that fairseq has beside ours.
          "lr-shrink",
          "lr-period-updates",
          "t-mult",
          "min-lr",
          "use-bmuf",
          "sentence-avg",
          "curriculum",
          "raw-text",
          "lazy-load",
          "dataset-impl",
          "required-batch-size-multiple",
          "max-source-positions",
          "max-target-positions",
          "upsample-primary",
          "truncate-source",
          "disable-validation",
          "max-sentences-valid",
          "max-tokens-valid",
          "train-subset",
          "reset-dataloader",
          "reset-lr-scheduler",
          "reset-meters",
          "reset-optimizer",
          "optimizer-overrides",
          "accumulate-grads");

  private IgnoredKeys() {}

  /** Whether {@code key}, spelled with hyphens, is known elsewhere and without meaning here. */
  static boolean contains(String key) {
    return KEYS.contains(key);
  }
}
