import type { ProcessorRef } from '@tributary/component';
import { createOtlpExporter } from '@tributary/exporter-otlp';
import { batch } from '@tributary/processor-batch';
import { createMemoryLimiter } from '@tributary/processor-memorylimiter';
import { createOtlpReceiver } from '@tributary/receiver-otlp';
import type { Transport } from '@tributary/transport';
import type { Store } from './backend.js';
import type { Custody } from './custody.js';
import type { CollectorPlan } from './plan.js';
import { memoryLimitMib, type Program } from './process.js';

/** Where everybody listens. */
export const port = 4317;

/** An agent or a gateway, made of the components that users run. `first` stands before them. */
export function forwarder(
  { targets, batch: batching, delivery }: CollectorPlan,
  first: readonly ProcessorRef<'logs'>[],
): Program {
  return ({ transport, machine }) => {
    const otlpExporter = createOtlpExporter(transport);
    const guard = createMemoryLimiter(machine)({ check_interval: '1s', limit_mib: memoryLimitMib });
    return {
      logs: {
        receivers: [receiver(transport)],
        processors: [...first, guard, ...(batching === undefined ? [] : [batch(batching)])],
        exporters: targets.map((target) =>
          otlpExporter(
            { endpoint: `${target}:${port}`, tls: { insecure: true }, compression: 'none', ...delivery },
            { name: target },
          ),
        ),
      },
    };
  };
}

/** Answers when the items are stored. */
export function backend(store: Store, custody: Custody): Program {
  return ({ transport, record }) => ({
    logs: {
      receivers: [receiver(transport)],
      exporters: [store.exporter((items) => custody.pass(record, 'store', items))],
    },
  });
}

function receiver(transport: Transport): ReturnType<ReturnType<typeof createOtlpReceiver>> {
  return createOtlpReceiver(transport)({ protocols: { grpc: { endpoint: `0.0.0.0:${port}` } } });
}
