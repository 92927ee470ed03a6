import { createCollector, type Collector } from '@tributary/collector';
import { Traces } from '@tributary/pdata';
import { tailSampling } from '@tributary/processor-tailsampling';
import { memoryExporter, testReceiver, virtualClock } from '@tributary/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { cli } from './support.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const failed = '4bf92f3577b34da6a3ce929d0e0e4736';
const other = '0af7651916cd43dd8448eb211c80319c';
const errors = {
  name: 'errors',
  type: 'status_code',
  status_code: { status_codes: ['ERROR'] },
} as const;

/** A collector that has decided about two traces, and where it tells why. */
async function decided(config: { readonly max_records?: number } = {}): Promise<{
  readonly collector: Collector;
  readonly endpoint: string;
}> {
  const clock = virtualClock();
  const source = testReceiver();
  const sampling = tailSampling({ policies: [errors], decision_wait: '1s', why: config });
  const collector = createCollector({
    runtime: { clock, logger: silent },
    telemetry: {
      metrics: { readers: [{ pull: { exporter: { prometheus: { host: 'localhost', port: 0 } } } }] },
    },
    pipelines: { traces: { receivers: [source], processors: [sampling], exporters: [memoryExporter()] } },
  });
  onTestFinished(() => collector.shutdown({ graceMs: 0 }));
  await collector.start();
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  scope.add({ name: 'a', traceId: failed, status: { code: 'error' } });
  scope.add({ name: 'b', traceId: other });
  await source.send(traces);
  await clock.advance('2s');
  return { collector, endpoint: `http://${collector.addresses()['service.telemetry']!['prometheus']!}` };
}

it('why tells of a kept and of a dropped trace', async () => {
  const { endpoint } = await decided();
  const kept = await cli(['why', failed, '--endpoint', endpoint]);
  expect([kept.code, kept.stderr]).toEqual([0, '']);
  expect(kept.stdout.split('\n')).toEqual([
    'kept by errors at 2026-01-01T00:00:02.000Z, when decision_wait was over',
    expect.stringMatching(/^1 span, \d+ bytes$/),
    '  errors  sampled  a span has the status ERROR',
    '',
  ]);
  const dropped = await cli(['why', other.toUpperCase(), '--endpoint', endpoint]);
  expect([dropped.code, dropped.stdout.split('\n')[0]]).toEqual([
    0,
    'not kept at 2026-01-01T00:00:02.000Z, when decision_wait was over',
  ]);
});

it('with --json the answers are as they came, for programs', async () => {
  const { endpoint } = await decided();
  const { code, stdout, stderr } = await cli(['why', failed, '--json', '--endpoint', endpoint]);
  const reply = await fetch(`${endpoint}/why?trace=${failed}`);
  expect([code, stderr]).toEqual([0, '']);
  expect({ answers: JSON.parse(stdout) as unknown }).toEqual(await reply.json());
  const unknown = await cli(['why', 'f'.repeat(32), '--json', '--endpoint', endpoint]);
  expect([unknown.code, JSON.parse(unknown.stdout)]).toMatchObject([1, [{ answer: { state: 'unknown' } }]]);
});

it('a trace that nobody knows is told so, and the exit code is 1', async () => {
  const { endpoint } = await decided();
  expect(await cli(['why', 'f'.repeat(32), '--endpoint', endpoint])).toEqual({
    code: 1,
    stdout: 'no span of it was seen since the start\n',
    stderr: '',
  });
  const forgetful = await decided({ max_records: 1 });
  expect(await cli(['why', failed, '--endpoint', forgetful.endpoint])).toEqual({
    code: 1,
    stdout: 'not among the last 1 decisions: never seen, or older than the record\n',
    stderr: '',
  });
});

it.each([
  [['why'], 'why needs a trace ID'],
  [['why', 'xyz'], 'invalid trace ID "xyz": must be 32 hexadecimal digits'],
  [['why', failed, 'more'], 'unexpected argument "more"'],
  [['why', failed, '--endpoint', 'ftp://x'], 'invalid argument "ftp://x" for "--endpoint"'],
])('%j is a mistake: %s', async (argv, message) => {
  const { code, stderr } = await cli(argv);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

it('a collector without tail sampling is told apart from none', async () => {
  const collector = createCollector({
    runtime: { logger: silent },
    telemetry: {
      metrics: { readers: [{ pull: { exporter: { prometheus: { host: 'localhost', port: 0 } } } }] },
    },
    pipelines: { traces: { receivers: [testReceiver()], exporters: [memoryExporter()] } },
  });
  onTestFinished(() => collector.shutdown({ graceMs: 0 }));
  await collector.start();
  const endpoint = `http://${collector.addresses()['service.telemetry']!['prometheus']!}`;
  const { code, stderr } = await cli(['why', failed, '--endpoint', endpoint]);
  expect([code, stderr]).toEqual([
    1,
    `Error: no component of ${endpoint} says why: it has no tail_sampling, or does not tell here\n`,
  ]);
});

it('over HTTP the answer is JSON, for whoever may see the books', async () => {
  const { endpoint } = await decided();
  const reply = await fetch(`${endpoint}/why?trace=${failed}`);
  expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await reply.json()).toMatchObject({
    answers: [
      {
        component: 'tail_sampling',
        kind: 'processor',
        pipelines: ['traces'],
        answer: { trace: failed, state: 'decided', decisions: [{ verdict: 'sampled', policy: 'errors' }] },
      },
    ],
  });
  const wrong = await fetch(`${endpoint}/why?trace=1`);
  expect(await wrong.json()).toMatchObject({
    answers: [{ error: 'trace: must be 32 hexadecimal digits' }],
  });
  expect((await fetch(`${endpoint}/nothing`)).status).toBe(404);
});
