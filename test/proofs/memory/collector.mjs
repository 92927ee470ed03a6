// The collector under proof, from the built packages, in a process of its own: what a program with these
// components is. The parent gives its settings as JSON in the first argument, and asks for its books.
import process from 'node:process';
import { collectLater, createCollector } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';

const { backend, limitMib, checkInterval } = JSON.parse(process.argv[2]);
const tell = (message) => process.send(message);
const write = (level) => (message, fields) => tell({ type: 'log', atMs: Date.now(), level, message, fields });

collectLater();
const limiter =
  limitMib === undefined ? [] : [memoryLimiter({ check_interval: checkInterval, limit_mib: limitMib })];
const collector = createCollector({
  runtime: { logger: { debug() {}, info: write('info'), warn: write('warn'), error: write('error') } },
  pipelines: {
    traces: {
      receivers: [
        otlpReceiver({ protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: '127.0.0.1:0' } } }),
      ],
      processors: [...limiter, batch({ max_held_bytes: 2 ** 31 })],
      exporters: [
        otlpExporter({
          endpoint: backend,
          tls: { insecure: true },
          sending_queue: { queue_size: 1_000_000 },
          retry_on_failure: { initial_interval: '200ms', max_interval: '1s', max_elapsed_time: '0s' },
        }),
      ],
    },
  },
});
process.on('message', async (request) => {
  if (request === 'balance')
    tell({ type: 'balance', balance: collector.balance(), memory: process.memoryUsage() });
  if (request === 'stop') {
    await collector.shutdown({ graceMs: 20_000 });
    tell({ type: 'balance', balance: collector.balance(), memory: process.memoryUsage() });
    process.disconnect();
  }
});
// The parent is gone: nobody will ask any more.
process.on('disconnect', () => process.exit());
await collector.start();
tell({ type: 'ready', addresses: collector.addresses() });
