import type { Signal } from '@tributary/pdata';

/** What the items of one backend have in common. */
export type RoutingKey = 'traceID' | 'service' | 'attributes' | 'resource' | 'metric' | 'streamID';

/** Signals that the exporter takes. */
export type RoutedSignal = Extract<Signal, 'traces' | 'metrics' | 'logs'>;

/** By signal, the default first. */
const keys: Readonly<Record<RoutedSignal, readonly RoutingKey[]>> = {
  traces: ['traceID', 'service', 'attributes'],
  metrics: ['service', 'resource', 'metric', 'streamID', 'attributes'],
  logs: ['service', 'traceID', 'resource', 'attributes'],
};

/**
 * The routing key of a signal; `''` is its default.
 *
 * @throws Error where the signal cannot go by that key
 */
export function routingKeyOf(signal: RoutedSignal, key: RoutingKey | ''): RoutingKey {
  if (key === '') return keys[signal][0]!;
  if (keys[signal].includes(key)) return key;
  throw new Error(
    `unsupported routing_key "${key}" for ${signal}: must be one of ${keys[signal].join(', ')}`,
  );
}
