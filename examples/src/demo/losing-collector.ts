/** A collector of one's own: all components that there are, and one more. */
import { runCli } from '@tributary/cli';
import { components } from '@tributary/distribution';
import { loseOne } from '../lose-one.js';

const own = [...components, loseOne];
process.exitCode = await runCli({ name: 'losing-collector', version: '1.0.0', components: own });
