import { debugExporter } from '@tributary/exporter-debug';
import { nopExporter } from '@tributary/exporter-nop';
import { otlpExporter } from '@tributary/exporter-otlp';
import { k8sAttributes } from '@tributary/processor-k8sattributes';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { probabilisticSampler } from '@tributary/processor-probabilisticsampler';
import { resourceDetection } from '@tributary/processor-resourcedetection';
import { tailSampling } from '@tributary/processor-tailsampling';
import { fileLogReceiver } from '@tributary/receiver-filelog';
import { hostMetricsReceiver } from '@tributary/receiver-hostmetrics';
import {
  contractSuite,
  memoryExporter,
  registerChecks,
  testReceiver,
  testServer,
  type TestServer,
} from '@tributary/testkit';
import { describe, test } from 'vitest';

const limits = { check_interval: '1s', limit_mib: 4096 } as const;
registerChecks(contractSuite({ factory: memoryLimiter, create: () => memoryLimiter(limits) }), test);
// Records of the suite have no trace ID.
const all = { sampling_percentage: 100, fail_closed: false };
registerChecks(
  contractSuite({ factory: probabilisticSampler, create: () => probabilisticSampler(all) }),
  test,
);
// Without a cluster it can but pass the address of the sender on.
const passing = { passthrough: true };
registerChecks(contractSuite({ factory: k8sAttributes, create: () => k8sAttributes(passing) }), test);
registerChecks(contractSuite({ factory: resourceDetection, create: () => resourceDetection() }), test);
const keepAll = { policies: [{ name: 'all', type: 'always_sample' }], decision_wait: '1s' } as const;
registerChecks(
  contractSuite({ factory: tailSampling, create: () => tailSampling(keepAll), outcome: 'held' }),
  test,
);
registerChecks(contractSuite({ factory: debugExporter, create: () => debugExporter() }), test);
registerChecks(contractSuite({ factory: nopExporter, create: () => nopExporter() }), test);
const scrapers = { cpu: null, memory: null, network: null, processes: null, process: null };
registerChecks(
  contractSuite({ factory: hostMetricsReceiver, create: () => hostMetricsReceiver({ scrapers }) }),
  test,
);
const include = ['/nowhere/*.log'];
registerChecks(contractSuite({ factory: fileLogReceiver, create: () => fileLogReceiver({ include }) }), test);
registerChecks(contractSuite({ factory: testReceiver, create: () => testReceiver() }), test);
registerChecks(contractSuite({ factory: memoryExporter, create: () => memoryExporter() }), test);

// What every exporter has from the delivery kit, shown with one.
describe.each([
  [
    'held',
    { initial_interval: '10ms', max_interval: '20ms' },
    { sizer: 'bytes', queue_size: 1_000_000, batch: { flush_timeout: '10ms', max_size: 10_000 } },
  ],
  ['carried', { enabled: false }, { wait_for_result: true, batch: { flush_timeout: '10ms' } }],
] as const)('an exporter whose outcome is %s', (outcome, retry_on_failure, sending_queue) => {
  const remote = (): Promise<TestServer> => testServer();
  const create = ({ grpc }: TestServer): object =>
    otlpExporter({ endpoint: grpc, tls: { insecure: true }, retry_on_failure, sending_queue });
  registerChecks(contractSuite({ factory: otlpExporter, create, remote, outcome }), test);
});
