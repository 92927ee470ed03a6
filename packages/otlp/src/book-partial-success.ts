import type { Batch, Settings, Signal } from '@tributary/component';
import type { PartialSuccess } from './partial-success.js';

const droppedFields: Readonly<Record<Signal, string>> = {
  traces: 'dropped_spans',
  metrics: 'dropped_data_points',
  logs: 'dropped_log_records',
  profiles: 'dropped_profiles',
};

/**
 * What an exporter does about a request that the peer took in part: a success for
 * OTLP, so nothing is sent again. It is said in the Collector's words, and what the
 * peer will never take is booked as dropped: never more than was sent, whatever the
 * peer says.
 */
export function bookPartialSuccess(
  { ledger, logger }: Pick<Settings<unknown>, 'ledger' | 'logger'>,
  { signal, itemCount }: Batch<Signal>,
  partial: PartialSuccess | undefined,
): void {
  if (partial === undefined) return;
  const { message, rejected } = partial;
  logger.warn('Partial success response', { message, [droppedFields[signal]]: rejected });
  ledger.dropped(Math.min(Math.max(rejected, 0), itemCount), 'rejected_by_peer');
}
