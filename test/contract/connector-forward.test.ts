import { forward } from '@tributary/connector-forward';
import { contractSuite, registerChecks } from '@tributary/testkit';
import { test } from 'vitest';

registerChecks(contractSuite({ factory: forward, create: () => forward() }), test);
