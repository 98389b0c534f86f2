/**
 * The layer over libtorch: native memory scopes, loading, conversions, the flat parameter arena and
 * safetensors files. Other packages use libtorch's operators directly but no JavaCPP memory class.
 */
package mos.tensor;
