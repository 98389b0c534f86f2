/**
 * Several processes that compute one training together, over PyTorch's distributed engine (c10d).
 */
package mos.distributed;
