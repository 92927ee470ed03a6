import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { contractSuite, registerChecks, testServer, type TestServer } from '@tributary/testkit';
import { describe, test } from 'vitest';

const remote = (): Promise<TestServer> => testServer();

describe('with queue and retry', () => {
  const retry_on_failure = { initial_interval: '10ms', max_interval: '20ms' } as const;
  const create = ({ http }: TestServer): object => otlpHttpExporter({ endpoint: http, retry_on_failure });
  registerChecks(contractSuite({ factory: otlpHttpExporter, create, remote, outcome: 'held' }), test);
});

describe('without', () => {
  const off = { enabled: false };
  const create = ({ http }: TestServer): object =>
    otlpHttpExporter({ endpoint: http, retry_on_failure: off, sending_queue: off });
  registerChecks(contractSuite({ factory: otlpHttpExporter, create, remote, outcome: 'carried' }), test);
});
