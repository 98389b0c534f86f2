package mos.results;

import java.util.List;
import java.util.Map;

/**
 * An element of {@link SupernetEvaluationFigures}: one SuperTransformer, or something simpler that
 * ranks architectures too.
 *
 * @param name of the SuperTransformer; {@code decoder_depth}, {@code params} or {@code flops}, more
 *     of which is taken for better
 * @param checkpointSha256 null for what is no SuperTransformer
 * @param inherited quality of each architecture, in their order; null for what is no
 *     SuperTransformer
 * @param agreement by measure: loss, bleu, sacrebleu, chrf2
 */
public record EvaluatedSupernet(
    String name,
    String checkpointSha256,
    List<QualityFigures> inherited,
    Map<String, AgreementFigures> agreement) {}
