import { systemRuntime } from '@tributary/collector';
import { askCollector } from '../ask/ask.js';
import { defaultEndpoint, questionAt } from '../ask/endpoint.js';
import { jsonText } from '../ask/json-text.js';
import { printable } from '../ask/printable.js';
import type { CliStreams, Invocation } from '../cli.js';
import { UsageError } from '../command-line.js';

/** What one component answers at `/why`. It says itself in words what it has to say. */
interface Answer {
  readonly component: string;
  readonly pipelines: readonly string[];
  readonly error?: string;
  readonly answer?: { readonly state: string; readonly text: readonly string[] };
}

/** States of a trace of which something is known. */
const known: ReadonlySet<string> = new Set(['decided', 'waiting']);

/** `why`: why a collector that runs has kept a trace, or has not. The exit code is 1 where it does not know. */
export async function why({ values, operands, stdout, stderr }: Invocation): Promise<number> {
  const trace = operands[0]?.toLowerCase();
  if (trace === undefined) throw new UsageError('why needs a trace ID');
  if (!/^[0-9a-f]{32}$/.test(trace)) {
    throw new UsageError(`invalid trace ID ${JSON.stringify(operands[0])}: must be 32 hexadecimal digits`);
  }
  const { url, name } = questionAt(values.get('endpoint') ?? defaultEndpoint, `why?trace=${trace}`);
  const { clock } = systemRuntime();
  let answers: readonly Answer[];
  try {
    answers = await askCollector({ url, name }, { clock }, parse, 'reasons');
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes(' answered 404')) throw error;
    throw new Error(`no component of ${name} says why: it has no tail_sampling, or does not tell here`, {
      cause: error,
    });
  }
  if (values.has('json')) stdout.write(`${jsonText(answers, 2)}\n`);
  else print(answers, { stdout, stderr });
  return answers.some(({ answer }) => answer !== undefined && known.has(answer.state)) ? 0 : 1;
}

function print(answers: readonly Answer[], { stdout, stderr }: CliStreams): void {
  for (const { component, pipelines, error, answer } of answers) {
    if (answers.length > 1) stdout.write(`${printable(`${component} (${pipelines.join(', ')})`)}\n`);
    if (error !== undefined) stderr.write(`Error: ${printable(error)}\n`);
    for (const line of answer?.text ?? []) stdout.write(`${printable(line)}\n`);
  }
}

/** Whoever listens there may be something else. */
function parse(text: string): readonly Answer[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const answers = (value as { readonly answers?: unknown } | null)?.answers;
  return Array.isArray(answers) && answers.every(isAnswer) ? answers : undefined;
}

function isAnswer(value: unknown): value is Answer {
  const { component, pipelines, error, answer } = (value ?? {}) as Partial<Record<keyof Answer, unknown>>;
  const { state, text } = (answer ?? {}) as Record<string, unknown>;
  return (
    typeof component === 'string' &&
    isTexts(pipelines) &&
    (typeof error === 'string' || (typeof state === 'string' && isTexts(text)))
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
