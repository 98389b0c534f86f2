/**
 * Models as ONNX graphs, and ONNX Runtime to compute with them. Nothing here needs libtorch: {@link
 * mos.onnx.OnnxFolder} is what a folder holds, {@link mos.onnx.OnnxModel} an open one, {@link
 * mos.onnx.OnnxDecoder} decodes with it.
 */
package mos.onnx;
