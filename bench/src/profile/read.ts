import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { steps } from './steps.js';

/** What `--cpu-prof` writes: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Microseconds by step, of what was noted between two times of `process.hrtime`. What is idle is left out. */
export function readProfile(file: string, begin: bigint, end: bigint): ReadonlyMap<string, number> {
  const { nodes, startTime, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const moduleOf = createModuleLookup();
  const stepOf = new Map<number, string | undefined>();
  for (const { id, callFrame } of nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const place = `${functionName} ${moduleOf(url, lineNumber)}`;
    const step = steps.find(({ pattern }) => pattern.test(place))!.name;
    stepOf.set(id, functionName === '(idle)' ? undefined : step);
  }
  const [from, to] = [Number(begin / 1000n), Number(end / 1000n)];
  const us = new Map<string, number>();
  let at = startTime;
  for (const [i, id] of samples.entries()) {
    const delta = timeDeltas[i]!;
    at += delta;
    const step = stepOf.get(id);
    if (step !== undefined && at >= from && at < to) us.set(step, (us.get(step) ?? 0) + delta);
  }
  return us;
}

/** Finds the module that a line of a bundle was made of: each begins with a comment that names it. */
function createModuleLookup(): (url: string, line: number) => string {
  const modules = new Map<string, readonly string[]>();
  return (url, line) => {
    if (!url.startsWith('file:')) return url;
    let lines = modules.get(url);
    if (lines === undefined) {
      let current = '';
      lines = readFileSync(fileURLToPath(url), 'utf8')
        .split('\n')
        .map((text) => (current = /^\/\/ ((?:packages|node_modules)\/.+)$/.exec(text)?.[1] ?? current));
      modules.set(url, lines);
    }
    return lines[line] ?? '';
  };
}
