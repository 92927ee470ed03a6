import type { Logger, Signal } from '@tributary/component';
import type { OnPartialSuccess } from '@tributary/otlp';

const droppedFields: Readonly<Record<Signal, string>> = {
  traces: 'dropped_spans',
  metrics: 'dropped_data_points',
  logs: 'dropped_log_records',
  profiles: 'dropped_profiles',
};

/** Says in the Collector's words that the peer took a request but not all of it: a success for OTLP, not for the user. */
export function warnOfPartialSuccess(logger: Logger): OnPartialSuccess {
  return (signal, { message, rejected }) =>
    logger.warn('Partial success response', { message, [droppedFields[signal]]: rejected });
}
