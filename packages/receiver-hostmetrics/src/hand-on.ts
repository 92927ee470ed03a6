import {
  background,
  ConsumeError,
  type Batch,
  type Consumer,
  type Ledger,
  type ReceiverMetrics,
  type Signal,
} from '@tributary/component';

/** Where items go, and who keeps the books of them. */
export interface Way<S extends Signal> {
  readonly next: Consumer<S>;
  readonly ledger: Ledger;
  readonly received: ReceiverMetrics;
}

/** Gives a batch to the pipeline. What is refused is dropped, counted and told: there is nobody to refuse it to. */
export async function handOn<S extends Signal>(
  batch: Batch<S>,
  { next, ledger, received }: Way<S>,
  message: string,
): Promise<void> {
  const items = batch.itemCount;
  ledger.created(items);
  try {
    await next.consume(batch, background);
    received.ended(items, 0);
  } catch (error) {
    const refused = ConsumeError.is(error) ? (error.rejected?.itemCount ?? items) : items;
    received.ended(items - refused, refused);
    const reason = ConsumeError.is(error) ? error.kind : 'error';
    ledger.dropped(refused, reason, { message, error: (error as Error).message });
  }
}
