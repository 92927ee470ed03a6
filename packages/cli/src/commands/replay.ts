import { systemRuntime, type Collector } from '@tributary/collector';
import { formatDiagnostics } from '@tributary/config';
import type { Traces } from '@tributary/pdata';
import { jsonText } from '../ask/json-text.js';
import { printable } from '../ask/printable.js';
import { isColored, type Invocation } from '../cli.js';
import { UsageError } from '../command-line.js';
import { endWithReader } from '../process.js';
import { createEnds } from '../replay/ends.js';
import { readPolicies } from '../replay/policies.js';
import { differenceOf, reasonsOf, type Decision } from '../replay/reasons.js';
import { readRecording } from '../replay/recording.js';
import { replay as run } from '../replay/replay.js';
import { decisionAsJson, lateOf, resultAsJson } from '../replay/result.js';
import { Roots } from '../replay/roots.js';
import { Summary } from '../replay/summary.js';
import { lineOf, textOf } from '../replay/text.js';

/**
 * `replay`: runs recorded traces through the policies of a file, on virtual time, and prints what would be kept and why.
 *
 * @throws UsageError, ConfigurationError, and Error that names the place of what cannot be read
 */
export async function replay(invocation: Invocation): Promise<number> {
  const { values, operands: files, stdout, options, env } = invocation;
  const { uri, trace } = askedFor(invocation);
  // `replay … --traces | head` is natural.
  if (stdout === process.stdout) endWithReader();
  const { fs } = systemRuntime();
  const ends = createEnds();
  const { options: built, warnings } = await readPolicies(uri, {
    program: options.components,
    ends: ends.components,
    processor: values.get('processor'),
    env,
    fs,
    fetch,
  });
  if (warnings.length > 0) {
    const text = formatDiagnostics(warnings, { color: isColored(invocation.stderr, env) });
    invocation.stderr.write(`${text}\n`);
  }

  const isJson = values.has('json');
  const roots = values.has('traces') && trace === undefined ? new Roots() : undefined;
  const summary = new Summary();
  const leftOut: Record<string, number> = {};

  async function* tracesOf(): AsyncGenerator<Traces, void> {
    for (const file of files) {
      for await (const record of readRecording(file, { fs, stdin: options.stdin ?? process.stdin })) {
        if (record.signal === 'traces') {
          roots?.add(record.traces);
          yield record.traces;
        } else if (record.signal === 'cut') {
          invocation.stderr.write(`Warning: ${record.place}: ends within a request, which is left out\n`);
        } else leftOut[record.signal] = (leftOut[record.signal] ?? 0) + 1;
      }
    }
  }

  function onDecision(decision: Decision): void {
    summary.add(decision);
    if (roots === undefined) return;
    const root = roots.take(decision.trace);
    stdout.write(`${isJson ? jsonText(decisionAsJson(decision, root)) : lineOf(decision, root)}\n`);
  }

  const { collector, replayed } = await run({ options: built, ends, recording: tracesOf(), onDecision });
  try {
    if (trace !== undefined) return await printReasons(collector, trace, invocation);
    const late = lateOf(replayed, summary);
    const result = { replayed, summary, late, leftOut, difference: await differenceOf(collector) };
    if (isJson) stdout.write(`${jsonText(resultAsJson(result))}\n`);
    else stdout.write(`${textOf(result).join('\n')}\n`);
    return 0;
  } finally {
    await collector.shutdown({ graceMs: 0 });
  }
}

function askedFor({ values, operands }: Invocation): {
  readonly uri: string;
  readonly trace: string | undefined;
} {
  const uri = values.get('policies');
  const trace = values.get('trace')?.toLowerCase();
  if (operands.length === 0) throw new UsageError('replay needs a file of recorded traces');
  if (uri === undefined) throw new UsageError('replay needs --policies');
  if (trace !== undefined && !/^[0-9a-f]{32}$/.test(trace)) {
    const given = JSON.stringify(values.get('trace'));
    throw new UsageError(`invalid argument ${given} for "--trace": must be 32 hexadecimal digits`);
  }
  return { uri, trace };
}

/** Why one trace would be kept or not, as `why` says it. */
async function printReasons(
  collector: Collector,
  trace: string,
  { values, stdout }: Invocation,
): Promise<number> {
  const reasons = await reasonsOf(collector, trace);
  if (values.has('json')) stdout.write(`${jsonText(reasons)}\n`);
  else for (const line of reasons.text) stdout.write(`${printable(line)}\n`);
  return reasons.decisions.length > 0 ? 0 : 1;
}
