/**
 * Models of other programs in, models for other programs out. {@link mos.port.TorchFile} reads
 * PyTorch's files as data, without running what they name; {@link mos.port.FairseqCheckpoint} and
 * {@link mos.port.HatPredictor} make sense of the two kinds that HAT and MoS publish; {@link
 * mos.port.ExportedModel} is a plain Transformer as safetensors and JSON.
 */
package mos.port;
