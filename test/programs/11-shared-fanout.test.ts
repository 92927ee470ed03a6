import { testServer } from '@tributary/testkit';
import { expect, it } from 'vitest';
import { fanOut } from './11-shared-fanout.js';
import { post, spans, started } from './support.js';

it('one receiver and one exporter in two pipelines', async () => {
  await using backend = await testServer();
  const collector = await started(fanOut(backend.grpc));
  const traces = spans('a');
  expect(await post(collector.addresses()['otlp']?.['http'], traces)).toBe(200);
  await backend.waitFor(({ spans }) => spans.length === 2);
  // Before the backend is gone: the exporter waits for its last answer.
  await collector.shutdown();
});
