/**
 * Training passes on packed sentences: the forward pass of {@link mos.model.Transformer} again, on
 * tokens without padding, with its backward half written out. It computes the same loss and the
 * same gradients (tests and the command {@code parity} hold them together) with a third of the
 * kernels, because every step knows what comes next. Start with {@link mos.packed.PackedPass}.
 */
package mos.packed;
