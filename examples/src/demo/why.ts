import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const tributary = fileURLToPath(new URL('../../../packages/distribution/bin/tributary.js', import.meta.url));
const run = promisify(execFile);

/** What was said, for the end of the demo. */
export interface Reasons {
  readonly text: string;
  /** Whether there was an answer about each trace. */
  readonly isKnown: boolean;
}

/** Asks the gateways about a trace of each kind by the command `tributary why`: the one that has decided answers. */
export async function askWhy(
  endpoints: readonly string[],
  ...kinds: readonly (readonly string[])[]
): Promise<Reasons> {
  const texts: string[] = [];
  for (const traces of kinds) {
    // The gateway that was stopped has taken its reasons with it.
    for (const trace of traces) {
      const said = await firstAnswer(endpoints, trace);
      if (said === undefined) continue;
      texts.push(`\n$ tributary why ${trace}\n${said}`);
      break;
    }
  }
  return { text: texts.join(''), isKnown: texts.length === kinds.length };
}

async function firstAnswer(endpoints: readonly string[], trace: string): Promise<string | undefined> {
  for (const endpoint of endpoints) {
    try {
      return (await run(process.execPath, [tributary, 'why', trace, '--endpoint', endpoint])).stdout;
    } catch {
      // It exits with 1 where it does not know the trace: the next one may.
    }
  }
  return undefined;
}
