import { loadBalancingExporter } from '@tributary/exporter-loadbalancing';
import { contractSuite, registerChecks, testServer, type TestServer } from '@tributary/testkit';
import { describe, test } from 'vitest';

const remote = (): Promise<TestServer> => testServer();
const tls = { insecure: true };
const off = { enabled: false };
const retry_on_failure = { initial_interval: '10ms', max_interval: '20ms' } as const;
// The one key that all signals can go by.
const routing = { routing_key: 'attributes', routing_attributes: ['service.name'] } as const;

describe('with the queue of each backend', () => {
  const create = ({ grpc }: TestServer): object =>
    loadBalancingExporter({
      protocol: { otlp: { tls, retry_on_failure } },
      ...routing,
      resolver: { static: { hostnames: [grpc] } },
    });
  registerChecks(contractSuite({ factory: loadBalancingExporter, create, remote, outcome: 'held' }), test);
});

describe('with a queue in front', () => {
  const create = ({ grpc }: TestServer): object =>
    loadBalancingExporter({
      protocol: { otlp: { tls, retry_on_failure: off, sending_queue: off } },
      ...routing,
      resolver: { static: { hostnames: [grpc] } },
      sending_queue: {},
      retry_on_failure,
    });
  registerChecks(contractSuite({ factory: loadBalancingExporter, create, remote, outcome: 'held' }), test);
});

describe('without a queue', () => {
  const create = ({ grpc }: TestServer): object =>
    loadBalancingExporter({
      protocol: { otlp: { tls, retry_on_failure: off, sending_queue: off } },
      ...routing,
      resolver: { static: { hostnames: [grpc] } },
    });
  registerChecks(contractSuite({ factory: loadBalancingExporter, create, remote, outcome: 'carried' }), test);
});
