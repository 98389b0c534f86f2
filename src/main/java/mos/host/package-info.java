/**
 * What machine this is: its processor, memory and graphics cards ({@link mos.host.Host}), what else
 * it computes ({@link mos.host.HostLoad}), and what this process takes ({@link
 * mos.host.ThisProcess}). Needs no native code.
 */
package mos.host;
