import { batch } from '@tributary/processor-batch';
import { contractSuite, registerChecks } from '@tributary/testkit';
import { describe, test } from 'vitest';

describe('that acknowledges on arrival', () => {
  registerChecks(contractSuite({ factory: batch, create: () => batch(), outcome: 'held' }), test);
});

describe('that waits for the result', () => {
  const create = (): object => batch({ wait_for_result: true });
  registerChecks(contractSuite({ factory: batch, create, outcome: 'carried' }), test);
});
