import { systemRuntime, type BalanceReport } from '@tributary/collector';
import { parseDuration } from '@tributary/component';
import { askCollector } from '../ask/ask.js';
import { defaultEndpoint, questionAt } from '../ask/endpoint.js';
import { isColored, type Invocation } from '../cli.js';
import { UsageError } from '../command-line.js';
import { parseReport } from '../top/report.js';
import { plainScreen, terminalScreen } from '../top/screen.js';
import type { Paint } from '../top/table.js';
import { listenToTerminal } from '../top/terminal.js';
import { view } from '../top/view.js';
import { watch } from '../top/watch.js';

const defaultInterval = '2s';
const leastIntervalMs = 100;

/** `top`: the books of a collector that runs, as tables. */
export async function top(invocation: Invocation): Promise<number> {
  const { values, stdout, env } = invocation;
  const { name, url } = questionAt(values.get('endpoint') ?? defaultEndpoint, 'balance');
  const interval = values.get('interval') ?? defaultInterval;
  const intervalMs = intervalOf(interval);
  const { clock } = systemRuntime();
  const stop = new AbortController();
  const ask = (): Promise<BalanceReport> =>
    askCollector({ url, name }, { clock, stopped: stop.signal }, parseReport, 'the books of a collector');
  if (values.has('once')) {
    const lines = view(await ask(), { name, width: Infinity, height: Infinity, paint: plain });
    stdout.write(`${lines.join('\n')}\n`);
    return 0;
  }
  const end = (): void => stop.abort();
  const resized = new Set<() => void>();
  const stopListening = listenToTerminal({
    onKey: (key) => keysThatEnd.has(key) && end(),
    onResize: () => resized.forEach((listener) => listener()),
    onEnd: end,
  });
  try {
    await watch({
      name,
      ask,
      screen: stdout.isTTY === true ? terminalScreen(stdout) : plainScreen(stdout),
      paint: isColored(stdout, env) ? colored : plain,
      hint: stdout.isTTY === true ? `every ${interval}, q quits` : `every ${interval}`,
      intervalMs,
      clock,
      stopped: stop.signal,
      onResize(listener) {
        resized.add(listener);
        return () => void resized.delete(listener);
      },
    });
  } finally {
    stopListening();
  }
  return 0;
}

/** Ctrl-C and Ctrl-D among them. */
const keysThatEnd: ReadonlySet<string> = new Set(['q', 'Q', '\u0003', '\u0004']);

const codes = { plain: '', strong: '\u001b[1m', bad: '\u001b[31m' } as const;
const colored: Paint = (text, tone) => (codes[tone] === '' ? text : `${codes[tone]}${text}\u001b[0m`);
const plain: Paint = (text) => text;

function intervalOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= leastIntervalMs) return ms;
  throw new UsageError(
    `invalid argument ${JSON.stringify(text)} for "--interval": must be a duration of at least ${leastIntervalMs}ms`,
  );
}
