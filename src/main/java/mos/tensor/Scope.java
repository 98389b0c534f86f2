package mos.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * The owner of all native objects (tensors, options, vectors) made on this thread while it is open;
 * closing it frees them. Drivers open one scope per micro-batch, decoded batch or latency trial in
 * try-with-resources; layers open none. Scopes nest and belong to one thread.
 *
 * <p>This is the only class that touches JavaCPP's {@link PointerScope}: freeing by scope costs
 * about 1.7 µs an operation, by the garbage collector 5 µs (it is off, see {@link Native}).
 */
public final class Scope implements AutoCloseable {
  private final PointerScope scope = new PointerScope();

  private Scope() {}

  public static Scope open() {
    return new Scope();
  }

  /**
   * Lets {@code pointer} outlive every open scope. The caller owns it and must {@code close()} it.
   *
   * @return the same pointer
   */
  public static <P extends Pointer> P own(P pointer) {
    pointer.retainReference();
    return pointer;
  }

  /**
   * Makes the next {@link #close} only end the collecting: what this scope holds then lives until
   * it is closed once more, by its owner.
   *
   * @return this
   */
  public Scope kept() {
    scope.extend();
    return this;
  }

  @Override
  public void close() {
    scope.close();
  }
}
