import type { Batch, Signal } from '@tributary/pdata';
import type { Context } from './context.js';

/**
 * Takes batches. To return (or resolve) is to take responsibility for every
 * item; to throw a {@link ConsumeError} is to refuse.
 */
export interface Consumer<S extends Signal> {
  consume(batch: Batch<S>, context: Context): void | Promise<void>;
  /**
   * Asked by receivers before they read a body (`bytes` is `undefined` while its
   * length is not known): a refusal here costs a header instead of a request.
   */
  admit?(bytes: number | undefined): { readonly retryAfterMs: number } | undefined;
}
