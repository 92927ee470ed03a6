import { healthCheck } from '@tributary/extension-healthcheck';
import { contractSuite, registerChecks } from '@tributary/testkit';
import { describe, test } from 'vitest';

const endpoint = '127.0.0.1:0';

describe.each([
  ['version 1', { endpoint }],
  ['version 2', { use_v2: true, http: { endpoint }, grpc: { endpoint } }],
] as const)('%s', (_, config) => {
  registerChecks(contractSuite({ factory: healthCheck, create: () => healthCheck(config) }), test);
});
