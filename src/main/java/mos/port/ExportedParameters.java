package mos.port;

import java.util.LinkedHashMap;
import java.util.Map;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * The parameters of a plain Transformer as other programs expect them. They have our names, with
 * one exception: where encoder and decoder differ in width, the encoder-decoder attention's packed
 * {@code in_proj_weight} has columns that mean nothing, and {@code q_proj_weight} (Q, D), {@code
 * k_proj_weight} and {@code v_proj_weight} (Q, D of the encoder) take its place.
 */
final class ExportedParameters {
  private static final String PACKED = "encoder_attn.in_proj_weight";

  /**
   * A part of the packed projection.
   *
   * @param row first row in units of Q
   * @param ofEncoder whether its columns are the encoder's
   */
  private record Part(String name, int row, boolean ofEncoder) {
    Tensor cut(Tensor packed, ModelConfig config) {
      long width = ofEncoder ? config.encoder().embedDim() : config.decoder().embedDim();
      long qkv = packed.size(0) / PARTS.length;
      return packed.narrow(0, row * qkv, qkv).narrow(1, 0, width);
    }
  }

  private static final Part[] PARTS = {
    new Part("q_proj_weight", 0, false),
    new Part("k_proj_weight", 1, true),
    new Part("v_proj_weight", 2, true)
  };

  private ExportedParameters() {}

  private static boolean split(String name, ModelConfig config) {
    return name.endsWith(PACKED) && config.encoder().embedDim() != config.decoder().embedDim();
  }

  private static String part(String packed, Part part) {
    return packed.substring(0, packed.length() - "in_proj_weight".length()) + part.name();
  }

  /** Views of all tensors that go into the file, in the innermost scope. */
  static Map<String, Tensor> of(SuperTransformer plain) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : plain.parameters().names()) {
      Tensor value = plain.parameters().value(name);
      if (split(name, plain.config())) {
        for (Part part : PARTS) {
          tensors.put(part(name, part), part.cut(value, plain.config()));
        }
      } else {
        tensors.put(name, value);
      }
    }
    return tensors;
  }

  /**
   * Makes the plain Transformer, owned by the caller; every shape is checked before memory is
   * taken.
   *
   * @throws mos.base.MosException naming what is missing or of another shape
   */
  static SuperTransformer load(SafeTensors file, ModelConfig config, Device device) {
    String where = file.file().toString();
    SuperTransformer.parameterShapes(config)
        .forEach(
            (name, shape) -> {
              if (split(name, config)) {
                for (Part part : PARTS) {
                  long width =
                      part.ofEncoder() ? config.encoder().embedDim() : config.decoder().embedDim();
                  String partName = part(name, part);
                  ParameterFile.checkShape(
                      partName,
                      file.shape(partName),
                      new long[] {shape[0] / PARTS.length, width},
                      where);
                }
              } else {
                ParameterFile.checkShape(name, file.shape(name), shape, where);
              }
            });
    SuperTransformer plain = new SuperTransformer(config, device, false);
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      for (String name : plain.parameters().names()) {
        Tensor value = plain.parameters().value(name);
        if (split(name, config)) {
          for (Part part : PARTS) {
            part.cut(value, config).copy_(file.read(part(name, part)));
          }
        } else {
          value.copy_(file.read(name));
        }
      }
      return plain;
    } catch (RuntimeException e) {
      plain.close();
      throw e;
    }
  }
}
