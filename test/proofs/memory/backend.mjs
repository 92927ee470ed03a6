// An OTLP backend in a process of its own, from the built packages: it counts how often each span has come,
// and stops answering while the parent says so. The first argument is how many spans there are.
import process from 'node:process';
import { systemRuntime } from '@tributary/collector';
import { otlpMethods } from '@tributary/otlp';
import { createUnaryServer } from '@tributary/transport';

/** By the number of the span, which is the second half of its ID. */
const arrivals = new Uint8Array(Number(process.argv[2]));
let gate;
let open = () => {};
const server = createUnaryServer({
  runtime: systemRuntime({ logger: { debug() {}, info() {}, warn() {}, error() {} } }),
  endpoint: '127.0.0.1:0',
  maxMessageBytes: 64 << 20,
  methods: otlpMethods(
    {
      traces: {
        async consume(batch, { signal }) {
          await gate;
          // The sender has given up, and will send again.
          if (signal.aborted) return;
          for (const { spanIdBytes: id } of batch.spans()) {
            arrivals[((id[4] << 24) | (id[5] << 16) | (id[6] << 8) | id[7]) >>> 0]++;
          }
        },
      },
    },
    { repairUtf8: false, maxItems: Infinity, includeMetadata: false, onRepair() {} },
  ),
});
process.on('message', (request) => {
  if (request === 'stall') gate = new Promise((resolve) => (open = resolve));
  if (request === 'resume') {
    gate = undefined;
    open();
  }
  process.send(request === 'arrivals' ? arrivals : 'done');
});
// The parent is gone: nobody will ask any more.
process.on('disconnect', () => process.exit());
process.send(await server.listen());
