import type { Batch, Context, Settings, Signal } from '@tributary/component';
import type { PartialSuccess } from './partial-success.js';

const droppedFields: Readonly<Record<Signal, string>> = {
  traces: 'dropped_spans',
  metrics: 'dropped_data_points',
  logs: 'dropped_log_records',
  profiles: 'dropped_profiles',
};

/**
 * What an exporter does about a request that the peer took in part: a success for
 * OTLP, so nothing is sent again. It is said in the Collector's words, what the
 * peer will never take is booked as dropped (never more than was sent, whatever the
 * peer says), and the caller is told, if he waits.
 */
export function bookPartialSuccess(
  { ledger, logger }: Pick<Settings<unknown>, 'ledger' | 'logger'>,
  { signal, itemCount }: Batch<Signal>,
  partial: PartialSuccess | undefined,
  context: Context,
): void {
  if (partial === undefined) return;
  const { message, rejected } = partial;
  const items = Math.min(Math.max(rejected, 0), itemCount);
  logger.warn('Partial success response', { message, [droppedFields[signal]]: rejected });
  if (items > 0) ledger.dropped(items, 'rejected_by_peer', { error: message });
  context.tellRejected({ signal, items, message });
}
