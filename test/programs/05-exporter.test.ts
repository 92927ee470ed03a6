import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCollector } from '@tributary/collector';
import { ConsumeError } from '@tributary/component';
import { Logs } from '@tributary/pdata';
import { testReceiver } from '@tributary/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { webhook } from './05-exporter.js';
import { started } from './support.js';

it('an exporter with queue, retry and timeout around one attempt', async () => {
  const statuses = [500, 200, 400];
  const bodies: number[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.length));
    request.on('end', () => response.writeHead(statuses.shift() ?? 200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const source = testReceiver();
  const hook = webhook({
    url,
    retry_on_failure: { initial_interval: '1ms', max_interval: '1ms' },
    sending_queue: { enabled: false },
  });
  await started(createCollector({ pipelines: { logs: { receivers: [source], exporters: [hook] } } }));
  const logs = (): Logs => {
    const made = Logs.create();
    made.addResourceLogs().addScope().add({ body: 'hello' });
    return made;
  };
  await source.send(logs());
  expect(bodies).toHaveLength(2);
  const error: unknown = await source.send(logs()).catch((thrown: unknown) => thrown);
  expect(ConsumeError.is(error) && [error.kind, error.message]).toEqual(['permanent', 'webhook said 400']);
});
