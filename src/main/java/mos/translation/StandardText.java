package mos.translation;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import mos.data.TextTools;
import mos.data.TokenizerLists;
import mos.text.BpeCodes;
import mos.text.BpeEncoder;
import mos.text.BpeLearner;
import mos.text.MosesTokenizer;
import mos.text.NonbreakingPrefixes;
import mos.text.ProtectedPatterns;
import mos.text.PunctuationNormalizer;
import mos.text.SentencePieceModel;
import mos.text.TokenizerOptions;

/** The Moses tokeniser and subword-nmt's BPE, as preprocessing uses them. */
public final class StandardText implements TextTools {
  @Override
  public UnaryOperator<String> normalizer(String language) {
    return new PunctuationNormalizer(language)::normalize;
  }

  @Override
  public UnaryOperator<String> tokenizer(String language, TokenizerLists lists) {
    Optional<NonbreakingPrefixes> prefixes =
        Optional.ofNullable(lists.nonbreakingPrefixes().get(language))
            .map(NonbreakingPrefixes::read);
    ProtectedPatterns patterns =
        lists.protectedPatterns().map(ProtectedPatterns::read).orElse(ProtectedPatterns.NONE);
    TokenizerOptions options = TokenizerOptions.DEFAULTS.with(prefixes, patterns);
    return new MosesTokenizer(language, options)::tokenize;
  }

  @Override
  public String learnBpe(Iterable<String> lines, int operations) {
    return BpeLearner.learn(lines, operations, BpeLearner.DEFAULT_MIN_FREQUENCY).text();
  }

  @Override
  public UnaryOperator<String> bpe(String codes, String where) {
    return new BpeEncoder(BpeCodes.parse(codes, where))::encode;
  }

  @Override
  public UnaryOperator<String> sentencePiece(byte[] model, String where) {
    return SentencePieceModel.of(model, where)::encode;
  }

  @Override
  public List<String> pieces(byte[] model, String where) {
    return SentencePieceModel.of(model, where).pieces();
  }
}
