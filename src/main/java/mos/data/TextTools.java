package mos.data;

import java.util.List;
import java.util.function.UnaryOperator;
import mos.base.ConfigurationException;

/**
 * What {@link Preprocessor} needs to know about text. Every function that it asks for is used by
 * one thread only, and must give the same for the same line.
 */
public interface TextTools {
  /** Makes the punctuation of a language uniform. */
  UnaryOperator<String> normalizer(String language);

  /** Separates the words and punctuation marks of a language by spaces. */
  UnaryOperator<String> tokenizer(String language, TokenizerLists lists);

  /**
   * Learns BPE from tokenised lines.
   *
   * @param operations most merge operations, at least 1
   * @return the contents of a codes file
   */
  String learnBpe(Iterable<String> lines, int operations);

  /**
   * Splits the words of tokenised lines.
   *
   * @param codes the contents of a codes file
   * @param where names the codes in error messages
   */
  UnaryOperator<String> bpe(String codes, String where);

  /**
   * Divides raw lines into the pieces of a SentencePiece model, with blanks between them.
   *
   * @param model contents of the model file
   * @param where names the model in error messages
   */
  default UnaryOperator<String> sentencePiece(byte[] model, String where) {
    throw new ConfigurationException("SentencePiece is not available here");
  }

  /** The pieces of a SentencePiece model that text can have; see {@link #sentencePiece}. */
  default List<String> pieces(byte[] model, String where) {
    throw new ConfigurationException("SentencePiece is not available here");
  }

  /** For text that is tokenised and split already: refuses to do more. */
  static TextTools none() {
    return new TextTools() {
      @Override
      public UnaryOperator<String> normalizer(String language) {
        throw new ConfigurationException("normalising punctuation is not available here");
      }

      @Override
      public UnaryOperator<String> tokenizer(String language, TokenizerLists lists) {
        throw new ConfigurationException("no tokenizer is available here: use --tokenizer none");
      }

      @Override
      public String learnBpe(Iterable<String> lines, int operations) {
        throw new ConfigurationException("learning BPE is not available here");
      }

      @Override
      public UnaryOperator<String> bpe(String codes, String where) {
        throw new ConfigurationException("BPE is not available here");
      }
    };
  }
}
