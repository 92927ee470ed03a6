// The command `tributary`: see bin/tributary.js.
import { runCli } from '@tributary/cli';
import { components } from './components.js';

// Not awaited here: then this file could not be bundled. It tells what is wrong itself, and does not reject.
void runCli({
  name: 'tributary',
  version: '0.0.0',
  description: 'Tributary, an OpenTelemetry collector',
  components,
  docs: async () => (await import('./generated/key-docs.js')).keyDocs,
}).then((code) => {
  process.exitCode = code;
});
