import { fileStorage } from '@tributary/extension-filestorage';
import { contractSuite, registerChecks } from '@tributary/testkit';
import { test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';

registerChecks(
  contractSuite({
    factory: fileStorage,
    create: () => fileStorage({ directory: temporaryFolder() }),
  }),
  test,
);
