package mos.results;

import mos.space.SubTransformer;

/**
 * What {@code export} wrote.
 *
 * @param out the folder
 * @param format "mos", "ctranslate2" or "onnx"
 * @param parameters of the model, embeddings too
 */
public record ExportFigures(
    String out, String format, long parameters, SubTransformer architecture) {}
