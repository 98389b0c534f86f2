package mos.text;

import ai.djl.sentencepiece.SpTokenizer;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.MosException;

/**
 * A SentencePiece model, unigram or BPE, that divides raw text into pieces; {@code ▁} stands for a
 * blank. Safe for use by several threads.
 *
 * <p>The native library of Google's SentencePiece divides; the pieces themselves are read here, for
 * what the library's Java side gives back of them loses characters beyond U+FFFF.
 *
 * <p>Source: Kudo and Richardson, SentencePiece, EMNLP 2018; Kudo, Subword Regularization, ACL
 * 2018; the fields of {@code sentencepiece_model.proto}.
 */
public final class SentencePieceModel {
  private static final Cleaner CLEANER = Cleaner.create();

  /** Fields of a model, and of a piece its text and its type. */
  private static final int PIECES = 1;

  private static final int TRAINING = 2;

  private static final int TEXT = 1;
  private static final int TYPE = 3;

  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;

  private final SpTokenizer library;
  private final List<Piece> pieces;

  private record Piece(String text, int type) {}

  private SentencePieceModel(SpTokenizer library, List<Piece> pieces) {
    this.library = library;
    this.pieces = pieces;
    CLEANER.register(this, library::close);
  }

  /**
   * Reads a model.
   *
   * @param model contents of the file, {@code .model}
   * @param where names it in messages
   * @throws MosException when it is none, or this machine has no native library for it
   */
  public static SentencePieceModel of(byte[] model, String where) {
    List<Piece> pieces = read(model, where);
    try {
      NativeFiles.prepare();
      return new SentencePieceModel(new SpTokenizer(model), pieces);
    } catch (RuntimeException | LinkageError e) {
      throw new MosException(where + ": SentencePiece cannot load it: " + e.getMessage(), e);
    }
  }

  private static List<Piece> read(byte[] model, String where) {
    List<Piece> pieces = new ArrayList<>();
    boolean whole = false;
    try {
      CodedInputStream in = CodedInputStream.newInstance(model);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == tag(PIECES, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
          int end = in.pushLimit(in.readRawVarint32());
          pieces.add(piece(in));
          in.popLimit(end);
        } else if (!in.skipField(tag)) {
          throw new IOException("unexpected end of a group");
        }
        whole |= tag == tag(TRAINING, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      }
    } catch (IOException e) {
      throw new MosException(where + ": is no SentencePiece model: " + e.getMessage(), e);
    }
    if (pieces.isEmpty() || !whole) {
      throw new MosException(
          where + ": is no SentencePiece model: it has no pieces, or the file is cut");
    }
    return pieces;
  }

  private static int tag(int field, int type) {
    return field << 3 | type;
  }

  private static Piece piece(CodedInputStream in) throws IOException {
    String text = "";
    int type = NORMAL;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == tag(TEXT, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        text = in.readStringRequireUtf8();
      } else if (tag == tag(TYPE, WireFormat.WIRETYPE_VARINT)) {
        type = in.readEnum();
      } else if (!in.skipField(tag)) {
        throw new IOException("unexpected end of a group");
      }
    }
    return new Piece(text, type);
  }

  /** The pieces that text can have, bytes among them, in the model's order. */
  public List<String> pieces() {
    return pieces.stream()
        .filter(piece -> piece.type != UNKNOWN && piece.type != CONTROL)
        .map(Piece::text)
        .toList();
  }

  /** Pieces of a line with blanks between them; what the model does not know is {@code <unk>}. */
  public String encode(String line) {
    StringBuilder out = new StringBuilder();
    for (int id : library.getProcessor().encode(line)) {
      out.append(out.isEmpty() ? "" : " ");
      out.append(pieces.get(id).type == UNKNOWN ? "<unk>" : pieces.get(id).text);
    }
    return out.toString();
  }

  /** Where the library unpacks itself: a folder of this process, deleted when it ends. */
  private static final class NativeFiles {
    private static final String FOLDER = "ENGINE_CACHE_DIR";

    static {
      // The library's API tells its maker of its use on some machines unless told not to.
      System.setProperty("OPT_OUT_TRACKING", "true");
      if (System.getProperty(FOLDER) == null && System.getenv(FOLDER) == null) {
        try {
          Path folder = Files.createTempDirectory("mos-sentencepiece");
          System.setProperty(FOLDER, folder.toString());
          Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        } catch (IOException e) {
          throw new MosException(
              "cannot unpack SentencePiece's library: " + AtomicFile.describe(e), e);
        }
      }
    }

    private NativeFiles() {}

    private static void delete(Path folder) {
      try {
        Folders.delete(folder);
      } catch (IOException e) {
        // Windows keeps a library that is in use; the system empties its folder.
        return;
      }
    }

    /** Once a process. */
    static void prepare() {}
  }
}
