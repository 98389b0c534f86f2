package mos.tensor;

import org.bytedeco.pytorch.Device;

/**
 * Where and how precisely tensors are computed.
 *
 * @param device of all tensors
 * @param precision of forward and backward passes
 */
public record Compute(Device device, Precision precision) {}
