import { ConfigError, declarationOf, definitionOf, defineExtension } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Completed } from './config.js';
import { loadBalancingExporter } from './index.js';

const resolver = { static: { hostnames: ['a:4317'] } };
const protocol = { otlp: {} };
const extension = defineExtension({ type: 'storage', config: z.strictObject({}), create: () => ({}) });

function completed(config: object): Completed {
  return declarationOf(loadBalancingExporter({ protocol, resolver, ...config })).config as Completed;
}

/** What is wrong with a config, below `exporters.load_balancing`. */
function problemsOf(config: object): string[] {
  try {
    loadBalancingExporter(config as never);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
  }
  return [];
}

it('is known as load_balancing and loadbalancing, for traces, metrics and logs', () => {
  expect(definitionOf(loadBalancingExporter)).toMatchObject({
    type: 'load_balancing',
    aliases: ['loadbalancing'],
  });
  expect(loadBalancingExporter.signals).toEqual(['traces', 'metrics', 'logs']);
});

describe('a complete config', () => {
  it('has the defaults of the Collector', () => {
    expect(completed({})).toMatchObject({
      routing_key: '',
      routing_attributes: [],
      timeout: 0,
      retry_on_failure: { enabled: false },
      sending_queue: { enabled: false },
      ring: 'g3',
      sticky: 0,
      protocol: {
        otlp: {
          timeout: 5000,
          compression: 'gzip',
          tls: { insecure: false },
          retry_on_failure: { enabled: true, initial_interval: 5000, max_elapsed_time: 300_000 },
          sending_queue: { enabled: true, queue_size: 1000, num_consumers: 10 },
        },
      },
    });
  });

  it.each([{}, { otlp: null }, { otlp: {} }])('needs nothing in protocol: %j', (given) => {
    expect(completed({ protocol: given })).toEqual(completed({}));
  });

  it.each([{}, null, { enabled: true }])('has its own queue where sending_queue is %j', (sending_queue) => {
    expect(completed({ sending_queue }).sending_queue).toMatchObject({ enabled: true, queue_size: 1000 });
  });

  it('is sticky for half a minute with our own ring, unless it says otherwise', () => {
    expect(completed({ ring: 'tributary' }).sticky).toBe(30_000);
    expect(completed({ ring: 'tributary', sticky: '0s' }).sticky).toBe(0);
    for (const ring of ['g1', 'g2', 'g3']) expect(completed({ ring }).sticky).toBe(0);
    expect(completed({ ring: 'g3', sticky: '10s' }).sticky).toBe(10_000);
  });
});

describe('a mistake', () => {
  it.each<[object, string]>([
    [{ protocol }, 'resolver: '],
    [{ protocol, resolver: {} }, 'resolver: no resolvers specified for the exporter'],
    [{ protocol: { otpl: {} }, resolver }, 'protocol.otpl: unknown key; did you mean otlp?'],
    [{ protocol, resolver, ring: 'g4' }, 'ring: '],
    [{ protocol, resolver, sticky: '-1s' }, 'sticky: must not be negative, got "-1s"'],
    [{ protocol, resolver, routing_key: 'traceId' }, 'routing_key: '],
    [
      { protocol, resolver, routing_key: 'attributes' },
      'routing_attributes: must not be empty with routing_key attributes',
    ],
    [
      { protocol, resolver, routing_attributes: ['a'] },
      'routing_attributes: has an effect with routing_key attributes only',
    ],
    [
      { protocol: { otlp: { sending_queue: { storage: extension() } } }, resolver },
      'protocol.otlp.sending_queue.storage: backends come and go, and what a storage has of one that is gone is sent to nobody; give the queue before the balancer a storage: sending_queue.storage',
    ],
    [
      { protocol: { otlp: { auth: { authenticator: 'a' } } }, resolver },
      'protocol.otlp.auth: is not supported yet by this component',
    ],
  ])('%j is told', (config, problem) => {
    const problems = problemsOf(config);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});
