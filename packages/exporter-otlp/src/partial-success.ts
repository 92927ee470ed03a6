import type { Ledger, Logger, Signal } from '@tributary/component';
import type { OnPartialSuccess } from '@tributary/otlp';

const droppedFields: Readonly<Record<Signal, string>> = {
  traces: 'dropped_spans',
  metrics: 'dropped_data_points',
  logs: 'dropped_log_records',
  profiles: 'dropped_profiles',
};

/**
 * What becomes of a request of so many items that the peer took in part: a success
 * for OTLP, so nothing is sent again. It is said in the Collector's words, and what
 * the peer will never take is booked as dropped: never more than was sent, whatever
 * the peer says.
 */
export function partialSuccess(
  { ledger, logger }: { readonly ledger: Ledger; readonly logger: Logger },
  items: number,
): OnPartialSuccess {
  return (signal, { message, rejected }) => {
    logger.warn('Partial success response', { message, [droppedFields[signal]]: rejected });
    ledger.dropped(Math.min(Math.max(rejected, 0), items), 'rejected_by_peer');
  };
}
