/**
 * The arithmetic of a training pass on packed sentences, forward and backward, without autograd:
 * every operation says what its backward half needs. {@link mos.kernel.TrainingKernels} names the
 * operations; {@link mos.kernel.TensorKernels} makes them of libtorch's, on any device, and {@link
 * mos.kernel.CudaKernels} of kernels that are compiled for the GPU at hand.
 *
 * <p>Shapes: N tokens of all sentences one after the other without padding, D width, F FFN size, Q
 * query-key-value width, H heads, V vocabulary, M experts, B sentences. "Compute type" is float32,
 * bfloat16 or float16; gradients of weights are always float32 and added to what is there.
 */
package mos.kernel;
