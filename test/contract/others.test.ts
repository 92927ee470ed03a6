import { debugExporter } from '@tributary/exporter-debug';
import { nopExporter } from '@tributary/exporter-nop';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { contractSuite, memoryExporter, registerChecks, testReceiver } from '@tributary/testkit';
import { test } from 'vitest';

const limits = { check_interval: '1s', limit_mib: 4096 } as const;
registerChecks(contractSuite({ factory: memoryLimiter, create: () => memoryLimiter(limits) }), test);
registerChecks(contractSuite({ factory: debugExporter, create: () => debugExporter() }), test);
registerChecks(contractSuite({ factory: nopExporter, create: () => nopExporter() }), test);
registerChecks(contractSuite({ factory: testReceiver, create: () => testReceiver() }), test);
registerChecks(contractSuite({ factory: memoryExporter, create: () => memoryExporter() }), test);
