import { otlpExporter } from '@tributary/exporter-otlp';
import { contractSuite, registerChecks, testServer, type TestServer } from '@tributary/testkit';
import { describe, test } from 'vitest';

const remote = (): Promise<TestServer> => testServer();
const tls = { insecure: true };

describe('with queue and retry', () => {
  const retry_on_failure = { initial_interval: '10ms', max_interval: '20ms' } as const;
  const create = ({ grpc }: TestServer): object => otlpExporter({ endpoint: grpc, tls, retry_on_failure });
  registerChecks(contractSuite({ factory: otlpExporter, create, remote, outcome: 'held' }), test);
});

describe('without', () => {
  const off = { enabled: false };
  const create = ({ grpc }: TestServer): object =>
    otlpExporter({ endpoint: grpc, tls, retry_on_failure: off, sending_queue: off });
  registerChecks(contractSuite({ factory: otlpExporter, create, remote, outcome: 'carried' }), test);
});
