import { collectLater, systemRuntime } from '@tributary/collector';
import { parseDuration } from '@tributary/component';
import type { Invocation } from '../cli.js';
import { UsageError } from '../command-line.js';
import { load, startGates } from '../configuration.js';
import { thisProcess } from '../process.js';
import { createReadyFile } from '../ready-file.js';
import { runService } from '../service.js';
import { withDefaults } from '../with-defaults.js';

/** Stays below the 30 seconds after which Kubernetes, for one, kills a process. */
const defaultGrace = '25s';

/** Without a command: runs the collector until something ends it. */
export async function run(invocation: Invocation): Promise<number> {
  const { values, options } = invocation;
  startGates(invocation);
  const graceMs = graceOf(values.get('shutdown-grace') ?? defaultGrace);
  collectLater();
  const { clock, fs } = systemRuntime();
  await runService({
    load: async () => {
      const checked = await load(invocation);
      return { ...checked, options: withDefaults(checked.options, options) };
    },
    graceMs,
    readyFile: createReadyFile(values.get('ready-file'), thisProcess.pid, fs),
    host: thisProcess,
    clock,
  });
  return 0;
}

function graceOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 0) return ms;
  throw new UsageError(
    `invalid argument ${JSON.stringify(text)} for "--shutdown-grace": must be a duration such as "25s"`,
  );
}
