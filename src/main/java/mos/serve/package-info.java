/**
 * {@code mos serve}: an exported model's translations and a run's report over HTTP. Start at {@link
 * mos.serve.Serving}.
 */
package mos.serve;
