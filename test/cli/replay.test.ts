import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createCollector } from '@tributary/collector';
import { fileExporter, type FileExporterConfig } from '@tributary/exporter-file';
import { Traces, type SpanInit } from '@tributary/pdata';
import {
  tailSampling,
  type TailSamplingConfig,
  type WhyDecision,
  type WhyListing,
} from '@tributary/processor-tailsampling';
import { memoryExporter, sampleLogs, testReceiver, virtualClock } from '@tributary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../simulation/random.js';
import { parseMarkdown } from '../support/markdown.js';
import { readText } from '../support/repository-files.js';
import { cli, fileForTest, told } from './support.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const hasZstd = 'zstdCompress' in (await import('node:zlib'));

const config = {
  decision_wait: '3s',
  decision_wait_after_root_received: '1s',
  policies: [
    { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
    { name: 'slow', type: 'latency', latency: { threshold_ms: 900 } },
    { name: 'few', type: 'rate_limiting', rate_limiting: { spans_per_second: 2 } },
  ],
} as const satisfies TailSamplingConfig;
const others = { ...config, policies: config.policies.slice(0, 1) };

const idOf = (number: number): string => (number + 1).toString(16).padStart(32, '0');
const traceCount = 120;

/** Traces of a few spans over seconds, with a pause in their midst: a request, and when it is sent. */
function load(): { readonly atMs: number; readonly traces: Traces }[] {
  const random = new Random(7);
  const requests: { atMs: number; traces: Traces }[] = [];
  const startMs = Date.UTC(2026, 0, 1);
  for (let trace = 0; trace < traceCount; trace++) {
    const beginMs = trace === 0 ? 0 : random.between(0, 20_000) + (trace % 2) * 300_000;
    const isFailed = random.chance(0.1);
    for (let span = 0; span < 3; span++) {
      const atMs = beginMs + (trace === 0 && span === 0 ? 0 : random.between(0, 1_500));
      const traces = Traces.create();
      traces
        .addResourceSpans()
        .addScope()
        .add({
          name: `span ${span}`,
          traceId: idOf(trace),
          spanId: `${idOf(trace).slice(17)}${span}`,
          ...(span < 2 && { parentSpanId: `${idOf(trace).slice(17)}2` }),
          startTimeUnixNano: BigInt(startMs + beginMs) * 1_000_000n,
          endTimeUnixNano: BigInt(startMs + atMs) * 1_000_000n,
          ...(isFailed && span === 1 && { status: { code: 'error' as const } }),
        });
      requests.push({ atMs, traces });
    }
  }
  return requests.toSorted((a, b) => a.atMs - b.atMs);
}

interface Recording {
  readonly file: string;
  /** IDs of the traces that a collector kept as it ran. */
  readonly kept: ReadonlySet<string>;
  readonly keptSpans: number;
  /** Its decisions, in their order. */
  readonly decisions: WhyListing['decisions'];
}

/** What a collector records beside its sampling, and what it keeps meanwhile. */
async function record(exporter: Omit<FileExporterConfig, 'path'>): Promise<Recording> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-replay-'));
  const file = path.join(folder, 'recorded');
  const clock = virtualClock();
  const source = testReceiver();
  const sink = memoryExporter();
  const recorder = fileExporter({ path: file, ...exporter });
  const collector = createCollector({
    runtime: { clock, logger: silent },
    pipelines: {
      traces: { receivers: [source], processors: [tailSampling(config)], exporters: [sink] },
      'traces/record': { receivers: [source], exporters: [recorder] },
      logs: { receivers: [source], exporters: [recorder] },
    },
  });
  await collector.start();
  for (const { atMs, traces } of load()) {
    await clock.advance(atMs - clock.monotonic());
    await source.send(traces);
  }
  await source.send(sampleLogs({ records: 5 }));
  await clock.advance('10s');
  const [{ answer } = {}] = await collector.ask('why', { after: '0' });
  await collector.shutdown();
  const kept = new Set(sink.spans.map((span) => span.traceId));
  return { file, kept, keptSpans: sink.spans.length, decisions: (answer as WhyListing).decisions };
}

interface Amount {
  readonly traces: number;
  readonly spans: number;
}

/** The last line of what is printed for programs. */
interface Sums {
  readonly spans: number;
  readonly kept: Amount;
  readonly notKept: Amount;
  readonly late: Amount & { readonly kept: number };
  readonly policies: readonly { readonly policy: string; readonly kept: Amount }[];
  readonly triggers: Readonly<Record<string, number>>;
  readonly leftOut: Readonly<Record<string, number>>;
}

interface Printed {
  readonly sums: Sums;
  readonly decisions: readonly (Omit<WhyDecision, 'lateSpans'> & {
    readonly trace: string;
    readonly root: string | null;
  })[];
}

async function replayed(files: readonly string[], policies: TailSamplingConfig): Promise<Printed> {
  const file = fileForTest(JSON.stringify(policies), 'policies.json');
  const { code, stdout, stderr } = await cli(['replay', ...files, '--policies', file, '--traces', '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  return { sums: lines.pop() as Sums, decisions: lines as Printed['decisions'] };
}

function keptIn({ decisions }: Printed): ReadonlySet<string> {
  return new Set(decisions.filter(({ verdict }) => verdict === 'sampled').map(({ trace }) => trace));
}

describe.each<[string, Omit<FileExporterConfig, 'path'>]>([
  ['JSON', {}],
  ['protobuf', { format: 'proto' }],
  // Node 20 has no zstd.
  ...(hasZstd
    ? ([
        ['JSON in zstd', { compression: 'zstd' }],
        ['protobuf in zstd', { format: 'proto', compression: 'zstd' }],
      ] as [string, Omit<FileExporterConfig, 'path'>][])
    : []),
])('a recording in %s', (_, exporter) => {
  let recording: Recording;
  beforeAll(async () => {
    recording = await record(exporter);
    return () => rmSync(path.dirname(recording.file), { recursive: true });
  });

  it('is decided as the collector did that ran meanwhile', async () => {
    const printed = await replayed([recording.file], config);
    const { sums, decisions } = printed;
    expect(recording.kept.size).toBeGreaterThan(20);
    expect(recording.kept.size).toBeLessThan(traceCount - 20);
    expect(keptIn(printed)).toEqual(recording.kept);
    // Each at the same time, by the same trigger, with the same votes and values.
    expect(decisions.map(({ root: _, ...decision }) => ({ ...decision, lateSpans: 0 }))).toEqual(
      recording.decisions.map((decision) => ({ ...decision, lateSpans: 0 })),
    );
    expect(sums.leftOut).toEqual({ logs: 1 });
    expect(sums.kept.spans + sums.notKept.spans + sums.late.spans).toBe(3 * traceCount);
    expect(sums.kept.spans + sums.late.kept).toBe(recording.keptSpans);
    expect(sums.late.spans).toBeGreaterThan(0);
    expect(sums.policies.map(({ policy }) => policy)).toEqual(['errors', 'slow', 'few']);
    expect(sums.triggers['root']).toBeGreaterThan(0);
    expect(sums.triggers['timer']).toBeGreaterThan(0);
    // Always in the same way.
    expect(await replayed([recording.file], config)).toEqual(printed);
  });

  it('is told as the README shows it', async () => {
    const policies = fileForTest(JSON.stringify(config), 'policies.json');
    const { stdout } = await cli(['replay', recording.file, '--policies', policies]);
    const { blocks } = parseMarkdown(readText('packages/cli/README.md'));
    const [command, ...lines] = blocks.find(({ info }) => info === 'text replay')!.code.split('\n');
    expect(command).toMatch(/^\$ tributary replay /);
    expect(stdout.trimEnd().split('\n')).toEqual(lines);
  });

  it('negative control: other policies keep others', async () => {
    const printed = await replayed([recording.file], others);
    expect(keptIn(printed)).not.toEqual(recording.kept);
    expect(printed.sums.policies.map(({ policy }) => policy)).toEqual(['errors']);
  });

  it('may be in gzip, and in several files', async () => {
    const folder = path.dirname(recording.file);
    const zipped = path.join(folder, 'recorded.gz');
    writeFileSync(zipped, gzipSync(readFileSync(recording.file)));
    expect(keptIn(await replayed([zipped], config))).toEqual(recording.kept);
    // All of the second comes late, or soon enough for a decision that is the same with it.
    const once = await replayed([zipped], others);
    const twice = await replayed([recording.file, zipped], others);
    expect(keptIn(twice)).toEqual(keptIn(once));
    expect(twice.sums.spans).toBe(2 * once.sums.spans);
    const keptSpans = ({ sums: { kept, late } }: Printed): number => kept.spans + late.kept;
    expect(keptSpans(twice)).toBe(2 * keptSpans(once));
  });

  it('that ends within a request is used as far as it goes, with a warning', async () => {
    const whole = readFileSync(recording.file);
    const cut = path.join(path.dirname(recording.file), 'cut');
    // Behind the request of logs, the last one, too.
    writeFileSync(cut, whole.subarray(0, whole.length - 5));
    const policies = fileForTest(JSON.stringify(config), 'policies.json');
    const { code, stdout, stderr } = await cli(['replay', cut, '--policies', policies]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: .*cut:.*\d+: ends within a request, which is left out\n$/);
    expect(stdout).toMatch(/^read 360 requests: 360 spans of 120 traces\n/);
  });

  it('that is damaged is an error with its place', async () => {
    const whole = readFileSync(recording.file);
    const file = path.join(path.dirname(recording.file), 'damaged');
    const at = 60;
    writeFileSync(
      file,
      Buffer.concat([whole.subarray(0, at), Buffer.alloc(8, 0xff), whole.subarray(at + 8)]),
    );
    const policies = fileForTest(JSON.stringify(config), 'policies.json');
    const { code, stdout, stderr } = await cli(['replay', file, '--policies', policies]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: .*damaged:( byte)? ?\d+: /);
  });
});

/** Two traces, of which one has failed, in lines. */
function twoTraces(): string {
  const lines = [0, 1].map((trace) => {
    const traces = Traces.create();
    const status = trace === 0 ? { status: { code: 'error' as const } } : {};
    traces
      .addResourceSpans({ resource: { attributes: { 'service.name': 'shop' } } })
      .addScope()
      .add({ name: 'a', traceId: idOf(trace), endTimeUnixNano: 1_767_225_600_000_000_000n, ...status });
    return `${traces.toJson()}\n`;
  });
  return fileForTest(lines.join(''), 'two.json');
}

const wholeConfig = `receivers: {otlp: {protocols: {grpc: }}}
processors:
  batch:
  tail_sampling:
    decision_wait: 2s
    why: {max_records: 0}
    policies: [{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}]
    shadow: {policies: [{name: all, type: always_sample}]}
  tail_sampling/all:
    policies: [{name: all, type: always_sample}]
exporters: {otlp: {endpoint: '\${env:NOWHERE}'}}
`;

it('the summary says what is kept by whom, and what the shadow policies would have done', async () => {
  const policies = fileForTest(wholeConfig);
  const file = twoTraces();
  const { code, stdout } = await cli([
    'replay',
    file,
    '--policies',
    policies,
    '--processor',
    'tail_sampling',
    '--traces',
  ]);
  expect(code).toBe(0);
  expect(stdout.replaceAll(/\d+ bytes/g, 'N bytes').split('\n')).toEqual([
    `${idOf(0)}  kept by errors  shop: a  a span has the status ERROR`,
    `${idOf(1)}  not kept  shop: a  errors: no span has the status ERROR`,
    'read 2 requests: 2 spans of 2 traces',
    'from 2026-01-01T00:00:00.000Z to 2026-01-01T00:00:00.000Z',
    '',
    '          TRACES    SHARE  SPANS  BYTES',
    'kept           1  50.00 %      1     70',
    'not kept       1  50.00 %      1     66',
    'dropped        0   0.00 %      0      0',
    '',
    'POLICY  KEPT  SPANS  BYTES  DROPPED  SPANS  BYTES',
    'errors     1      1     70        0      0      0',
    '',
    'decided: 2 by timer',
    '',
    'with the shadow policies:',
    '  kept by both: 1 trace, 1 span, N bytes',
    '  kept by the policies alone: 0 traces, 0 spans, N bytes',
    '  kept by the shadow alone: 1 trace, 1 span, N bytes',
    '  kept by neither: 0 traces, 0 spans, N bytes',
    '    none here, all there: 1 trace, 1 span, N bytes',
    '',
  ]);
});

it('with --trace the reasons of one are told, as why does', async () => {
  const policies = fileForTest(wholeConfig);
  const file = twoTraces();
  const argv = ['replay', file, '--policies', policies, '--processor', 'tail_sampling/all', '--trace'];
  const known = await cli([...argv, idOf(1)]);
  expect([known.code, known.stdout.split('\n')]).toEqual([
    0,
    [
      'kept by all at 2026-01-01T00:00:31.000Z, when decision_wait was over',
      expect.stringMatching(/^1 span, \d+ bytes$/),
      '  all  sampled  keeps every trace',
      '',
    ],
  ]);
  expect(await cli([...argv, idOf(5)])).toEqual({
    code: 1,
    stdout: 'no span of it was seen since the start\n',
    stderr: '',
  });
});

const always = 'decision_wait: 2s\npolicies: [{name: all, type: always_sample}]\n';
const startNs = 1_767_225_600_000_000_000n;

/** A line of a span that ends so long after the others began. */
function lineAt(trace: number, seconds: bigint, init: Partial<SpanInit> = {}): string {
  const traces = Traces.create();
  const endTimeUnixNano = startNs + seconds * 1_000_000_000n;
  traces
    .addResourceSpans()
    .addScope()
    .add({ name: 'a', traceId: idOf(trace), endTimeUnixNano, ...init });
  return `${traces.toJson()}\n`;
}

it('reads standard input, too', async () => {
  const file = fileForTest(always);
  async function* input(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from(lineAt(0, 0n));
    yield Buffer.from(lineAt(1, 1n).slice(0, 20));
  }
  const { code, stdout, stderr } = await cli(['replay', '-', '--policies', file], { stdin: input() });
  expect([code, stderr]).toEqual([
    0,
    'Warning: standard input:2: ends within a request, which is left out\n',
  ]);
  expect(stdout).toMatch(/^read 1 request: 1 span of 1 trace\n/);
});

it('a time that is centuries away is skipped to, and who is behind it is told', async () => {
  const text = lineAt(0, 0n) + lineAt(1, 5_000_000_000n) + lineAt(2, 1n) + lineAt(0, 2n);
  const { code, stdout } = await cli(['replay', fileForTest(text), '--policies', fileForTest(always)]);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      'read 4 requests: 4 spans of 3 traces',
      'from 2026-01-01T00:00:00.000Z to 2184-06-11T08:53:20.000Z',
      '2 requests ended before the time that was reached, by up to 57870d 8h, and came then',
      'decided: 3 by timer',
      'late: 1 span, 1 of them kept; they are in no sum',
    ]),
  );
});

it('spans without a time come when the request before them does, and those without an ID are a trace', async () => {
  const text =
    lineAt(0, 0n) +
    lineAt(1, 0n, { endTimeUnixNano: 0n }) +
    lineAt(0, 1n, { traceId: '', spanId: '00f067aa0ba902b7' }) +
    lineAt(0, 1n, { traceId: '' });
  const { code, stdout } = await cli([
    'replay',
    fileForTest(text),
    '--policies',
    fileForTest(always),
    '--traces',
  ]);
  expect(code).toBe(0);
  expect(stdout.split('\n').slice(0, 4)).toEqual([
    `${idOf(0)}  kept by all  a  keeps every trace`,
    `${idOf(1)}  kept by all  a  keeps every trace`,
    `${'0'.repeat(32)}  kept by all  a  keeps every trace`,
    'read 4 requests: 4 spans of 3 traces',
  ]);
});

it('what is decided early, or by its size, is told so', async () => {
  const policies = fileForTest(`num_traces: 1\nmaximum_trace_size_bytes: 500\n${always}`);
  const large = { attributes: { 'db.statement': 'x'.repeat(1000) } };
  const text = lineAt(0, 0n) + lineAt(1, 1n) + lineAt(1, 1n, large);
  const { stdout } = await cli(['replay', fileForTest(text), '--policies', policies, '--traces']);
  expect(stdout.split('\n').slice(0, 2)).toEqual([
    `${idOf(0)}  kept by all  a  keeps every trace`,
    `${idOf(1)}  not kept  a  size`,
  ]);
  expect(stdout).toContain('\ndecided: 1 by eviction, 1 by size\n');
});

it('names in a recording cannot steer a terminal', async () => {
  const file = fileForTest(lineAt(0, 0n, { name: '\u001b[31mred\u0007' }));
  for (const more of [[], ['--json']]) {
    const { stdout } = await cli(['replay', file, '--policies', fileForTest(always), '--traces', ...more]);
    expect(stdout).toContain('[31mred');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  }
});

it('policies that are wrong are told with their place', async () => {
  const policies = fileForTest(
    'decision_wait: 2s\npolicies: [{name: a, type: latency, latency: {threshold: 5}}]\n',
  );
  const { code, stderr } = await cli(['replay', twoTraces(), '--policies', policies]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/config\.yaml:2:\d+/);
  expect(told(stderr)).toEqual([expect.stringContaining('processors.tail_sampling.policies.0.latency')]);
});

it('a file of policies that cannot be read is told by its flag', async () => {
  const { code, stderr } = await cli(['replay', twoTraces(), '--policies', '/nowhere.yaml']);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(
      '--policies:1:1: error[source-unreadable]: unable to read the file /nowhere.yaml',
    ),
  ]);
});

it('reasons are remembered as a replay needs it, but a wrong number of them is told', async () => {
  const file = fileForTest(`${always}why: {max_records: none}\n`);
  const { code, stderr } = await cli(['replay', twoTraces(), '--policies', file]);
  expect([code, told(stderr)]).toEqual([1, ['wrong-type processors.tail_sampling.why.max_records']]);
});

it.each([
  [['replay', 'x', '--once'], 'unknown flag: --once (not one of "acme replay")'],
  [['replay', 'x', '--no'], 'unknown flag: --no'],
  [['replay', '--policies', 'x'], 'replay needs a file of recorded traces'],
  [['replay', 'x'], 'replay needs --policies'],
  [['replay', 'x', '--policies', 'y', '--trace', 'z'], 'invalid argument "z" for "--trace"'],
])('%j is a mistake: %s', async (argv, message) => {
  const { code, stderr } = await cli(argv);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

it.each([
  ['receivers: {otlp: }\n', [], 'has no processor tail_sampling'],
  [wholeConfig, [], '--processor must say which is meant: tail_sampling, tail_sampling/all'],
  [
    wholeConfig,
    ['--processor', 'tail_sampling/b'],
    'has no processor tail_sampling/b, but tail_sampling, tail_sampling/all',
  ],
])('a file in which it is not clear which policies are meant is refused', async (text, further, message) => {
  const { code, stderr } = await cli(['replay', twoTraces(), '--policies', fileForTest(text), ...further]);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

it('a file that is none of a recording is told so', async () => {
  const policies = fileForTest('policies: [{name: a, type: always_sample}]\n');
  const run = (file: string): ReturnType<typeof cli> => cli(['replay', file, '--policies', policies]);
  expect((await run(fileForTest('hello', 'text'))).stderr).toMatch(
    /byte 0: neither a line of JSON nor the length of a record/,
  );
  expect((await run(fileForTest('{"a": 1}\n', 'a.json'))).stderr).toMatch(/a\.json:1: is no request of OTLP/);
  expect((await run('/nowhere/at/all')).stderr).toMatch(/ENOENT/);
  const empty = await run(fileForTest('', 'empty'));
  expect([empty.code, empty.stdout.split('\n')[0]]).toEqual([0, 'read 0 requests: 0 spans of 0 traces']);
});

it('a program without tail_sampling says what is missing', async () => {
  const policies = fileForTest('policies: [{name: a, type: always_sample}]\n');
  const { code, stderr } = await cli(['replay', twoTraces(), '--policies', policies], { components: [] });
  expect(code).toBe(1);
  expect(stderr).toBe(
    'Error: this program has no tail_sampling: add tailSampling of @tributary/processor-tailsampling to it\n',
  );
});
