package mos.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import mos.tensor.ParameterArena;
import mos.tensor.Tensors;

/**
 * How far gradients are from recorded ones, over all parameters.
 *
 * @param norms largest relative error of an L2 norm
 * @param sums largest error of a sum, relative to the norm times the square root of the size
 */
record GradientErrors(double norms, double sums) {
  /**
   * Compares the gradients in an arena.
   *
   * @param expected sum and L2 norm by recorded name
   * @param names recorded names by ours
   * @param alone whether errors are relative to each parameter's norm, else to that of the whole
   *     gradient: in 16 bits the small gradients of routers are differences of large numbers
   */
  static GradientErrors of(
      JsonNode expected, ParameterArena parameters, Map<String, String> names, boolean alone) {
    double total = 0;
    for (String name : names.values()) {
      total += Math.pow(expected.path(name).path(1).asDouble(), 2);
    }
    double whole = alone ? 0 : Math.sqrt(total);
    double norms = 0;
    double sums = 0;
    for (Map.Entry<String, String> entry : names.entrySet()) {
      JsonNode pair = expected.path(entry.getValue());
      if (pair.isMissingNode()) {
        continue;
      }
      float[] gradient = Tensors.toFloats(parameters.gradient(entry.getKey()));
      double sum = 0;
      double squares = 0;
      for (float g : gradient) {
        sum += g;
        squares += (double) g * g;
      }
      double norm = pair.get(1).asDouble();
      double base = Math.max(norm, whole);
      double normError = Math.abs(Math.sqrt(squares) - norm);
      norms = Math.max(norms, normError <= RelativeError.NEGLIGIBLE ? 0 : normError / base);
      double sumError = Math.abs(sum - pair.get(0).asDouble());
      if (sumError > RelativeError.NEGLIGIBLE) {
        sums = Math.max(sums, sumError / (base * Math.sqrt(gradient.length)));
      }
    }
    return new GradientErrors(norms, sums);
  }
}
