/** Comparison with golden files: recorded weights, inputs and outputs of a reference. */
package mos.parity;
