package mos.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import mos.base.ConfigurationException;

/**
 * Genes of one search space: fixed-length lists of values in the order of {@link Dimension}, with
 * as many places per layered dimension as the deepest choice has layers. Places beyond the depth
 * are inert: genes with the same active part decode to equal SubTransformers. So are the FFN sizes
 * of token experts beyond a layer's number of them, each of which has a place of its own.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.3.
 */
public final class GeneCodec {
  private final SearchSpace space;
  private final Dimension[] dimensions;

  /** A codec for the genes of {@code space}. */
  public GeneCodec(SearchSpace space) {
    this.space = space;
    List<Dimension> places = new ArrayList<>();
    for (Dimension dimension : Dimension.values()) {
      for (int i = 0; i < space.places(dimension); i++) {
        places.add(dimension);
      }
    }
    this.dimensions = places.toArray(new Dimension[0]);
  }

  /** Number of values in a gene. */
  public int length() {
    return dimensions.length;
  }

  /** The values that place {@code index} may take. */
  public List<Integer> choices(int index) {
    return space.choices(dimensions[index]);
  }

  /** A gene with every place, the inert ones too, drawn uniformly. */
  public int[] random(RandomGenerator random) {
    int[] gene = new int[length()];
    for (int i = 0; i < gene.length; i++) {
      gene[i] = draw(i, random);
    }
    return gene;
  }

  /** A random value for place {@code index}. */
  public int draw(int index, RandomGenerator random) {
    List<Integer> choices = choices(index);
    return choices.get(random.nextInt(choices.size()));
  }

  /**
   * The gene of an architecture; inert places take the dimension's first choice.
   *
   * @throws ConfigurationException for an architecture outside the space
   */
  public int[] encode(SubTransformer architecture) {
    space.check(architecture);
    int[] gene = new int[length()];
    int next = 0;
    for (Dimension dimension : Dimension.values()) {
      List<Integer> values =
          dimension.expertSizes()
              ? padded(dimension, architecture)
              : architecture.values(dimension);
      for (int i = 0; i < space.places(dimension); i++) {
        gene[next++] = i < values.size() ? values.get(i) : space.choices(dimension).get(0);
      }
    }
    return gene;
  }

  /**
   * The architecture of a gene.
   *
   * @throws ConfigurationException for a gene of another length or with a value, active or inert,
   *     outside the space
   */
  public SubTransformer decode(int[] gene) {
    check(gene);
    return SubTransformer.of(
        (dimension, count, known) -> {
          if (!space.uses(dimension)) {
            return Collections.nCopies(count, dimension.absent());
          }
          return dimension.expertSizes()
              ? sizes(gene, dimension, known.get(dimension.experts()))
              : part(gene, dimension, 0, count);
        });
  }

  /** The sizes of further experts, those that each layer has of the places it has for them. */
  private List<Integer> sizes(int[] gene, Dimension dimension, List<Integer> numbers) {
    int room = space.mostExperts(dimension.ofEncoder()) - 1;
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      sizes.addAll(part(gene, dimension, i * room, numbers.get(i) - 1));
    }
    return sizes;
  }

  private List<Integer> part(int[] gene, Dimension dimension, int skipped, int count) {
    int start = Arrays.asList(dimensions).indexOf(dimension) + skipped;
    return Arrays.stream(gene, start, start + count).boxed().toList();
  }

  /** The sizes of further experts, every layer's in places of its own. */
  private List<Integer> padded(Dimension dimension, SubTransformer architecture) {
    boolean encoder = dimension.ofEncoder();
    int room = space.mostExperts(encoder) - 1;
    List<Integer> values = new ArrayList<>();
    for (List<Integer> layer : architecture.otherExperts(encoder)) {
      values.addAll(layer);
      values.addAll(Collections.nCopies(room - layer.size(), space.choices(dimension).get(0)));
    }
    return values;
  }

  private void check(int[] gene) {
    if (gene.length != length()) {
      throw new ConfigurationException(
          "gene: got " + gene.length + " values, the search space needs " + length());
    }
    for (int i = 0; i < gene.length; i++) {
      if (!choices(i).contains(gene[i])) {
        throw new ConfigurationException(
            "gene, place "
                + i
                + " ("
                + dimensions[i].jsonKey()
                + "): got "
                + gene[i]
                + ", must be one of "
                + choices(i));
      }
    }
  }
}
