import {
  createContext,
  defineExporter,
  type Component,
  type Consumer,
  type Context,
  type ExporterFactory,
  type ExporterSettings,
} from '@tributary/component';
import { deliver } from '@tributary/delivery';
import type { OtlpGrpcTransport } from '@tributary/otlp';
import { createUnaryClient } from '@tributary/transport';
import { Backends } from './backends.js';
import { Balancer } from './balancer.js';
import { schema, type Completed, type LoadBalancingExporterConfig } from './config.js';
import type { RoutedSignal } from './routing/routing-key.js';

/** The balancer, behind a queue and retries of its own where these are on. */
function part<S extends RoutedSignal>(
  settings: ExporterSettings<Completed, S, Backends>,
): Component & Consumer<S> {
  const { config } = settings;
  const balancer = new Balancer<S>(settings);
  const isPlain = !config.sending_queue.enabled && !config.retry_on_failure.enabled && config.timeout === 0;
  if (isPlain) return balancer;
  const front = deliver<S>(settings, (batch, { signal, context }) =>
    balancer.route(batch, ending(context, signal)),
  );
  return {
    async start(host) {
      balancer.start(host);
      await front.start?.(host);
    },
    consume: (batch, context) => front.consume(batch, context),
    admit: (bytes) => front.admit?.(bytes),
    async shutdown(grace) {
      await front.shutdown?.(grace);
      await balancer.shutdown(grace);
    },
  };
}

/** A context whose caller waits no longer when the attempt is over. */
function ending(context: Context, signal: AbortSignal): Context {
  return createContext({
    client: context.client,
    signal: () => signal,
    onRejected: (rejected) => context.tellRejected(rejected),
  });
}

/** A {@link loadBalancingExporter} that sends by another transport than sockets: the network of a simulation, say. */
export function createLoadBalancingExporter(transport: OtlpGrpcTransport): typeof loadBalancingExporter {
  return defineExporter({
    type: 'load_balancing',
    aliases: ['loadbalancing'],
    stability: 'beta',
    config: schema,
    shared: (settings) => new Backends(settings, transport),
    traces: part<'traces'>,
    metrics: part<'metrics'>,
    logs: part<'logs'>,
  });
}

/** Sends the items of one key to one of several backends, over OTLP/gRPC. Also known as `loadbalancing`. */
export const loadBalancingExporter: ExporterFactory<LoadBalancingExporterConfig, RoutedSignal> =
  createLoadBalancingExporter({ createUnaryClient });
