import { expect, it } from 'vitest';
import type { Decision } from './reasons.js';
import { lateOf, resultAsJson, type Result } from './result.js';
import { Summary } from './summary.js';
import { lineOf, textOf } from './text.js';

const decision: Decision = {
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
  time: '2026-01-01T00:00:02.000Z',
  trigger: 'timer',
  verdict: 'sampled',
  policy: 'limits',
  subPolicy: 'fast',
  spans: 3,
  bytes: 1200,
  votes: [
    { policy: 'quiet', vote: 'not_sampled', why: 'no span is so' },
    { policy: 'limits', vote: 'sampled', why: '"fast" keeps it, and has room' },
    { policy: 'last', vote: 'not asked', why: 'was not asked' },
  ],
};
const { policy: _, subPolicy: __, ...nobody } = decision;

it('a line says who kept a trace and why, or what each policy said', () => {
  const { trace } = decision;
  expect(lineOf(decision, 'shop: GET /')).toBe(
    `${trace}  kept by limits (fast)  shop: GET /  "fast" keeps it, and has room`,
  );
  expect(lineOf({ ...nobody, verdict: 'not_sampled' })).toBe(
    `${trace}  not kept  -  quiet: no span is so; limits: "fast" keeps it, and has room`,
  );
  expect(lineOf({ ...decision, verdict: 'dropped', policy: 'quiet', subPolicy: undefined as never })).toBe(
    `${trace}  dropped by quiet  -  no span is so`,
  );
  expect(lineOf({ ...nobody, verdict: 'not_sampled', trigger: 'size', votes: [] })).toBe(
    `${trace}  not kept  -  size`,
  );
});

/** A replay of ten spans, of which some things are to be told. */
function result(replayed: Partial<Result['replayed']> = {}): Result {
  const summary = new Summary();
  summary.add(decision);
  summary.add({
    ...nobody,
    verdict: 'not_sampled',
    votes: [{ policy: 'limits', vote: 'error', why: 'failed' }],
  });
  summary.add({ ...decision, verdict: 'dropped', policy: 'quiet', trigger: 'eviction' });
  const all = {
    requests: 1234,
    spans: 14,
    firstMs: 0,
    lastMs: 1000,
    behind: 0,
    mostBehindMs: 0,
    refusedSpans: 0,
    passedSpans: 5,
    forgotten: 0,
    ...replayed,
  };
  return { replayed: all, summary, late: lateOf(all, summary), leftOut: {}, difference: undefined };
}

it('the sums are told by what became of traces, and by policy', () => {
  expect(textOf(result())).toEqual([
    'read 1,234 requests: 14 spans of 3 traces',
    'from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.000Z',
    'policies failed: 1 time',
    '',
    '          TRACES    SHARE  SPANS  BYTES',
    'kept           1  33.33 %      3  1,200',
    'not kept       1  33.33 %      3  1,200',
    'dropped        1  33.33 %      3  1,200',
    '',
    'POLICY  KEPT  SPANS  BYTES  DROPPED  SPANS  BYTES',
    'quiet      0      0      0        1      3  1,200',
    'limits     1      3  1,200        0      0      0',
    'last       0      0      0        0      0      0',
    '',
    'decided: 2 by timer, 1 by eviction',
    'late: 5 spans, 2 of them kept; they are in no sum',
  ]);
});

it('nothing that is missing in the sums is missing in the text', () => {
  const told = textOf(result({ behind: 2, mostBehindMs: 250, refusedSpans: 1, forgotten: 3 }));
  expect(told.slice(2, 5)).toEqual([
    '2 requests ended before the time that was reached, by up to 250ms, and came then',
    'refused, since max_bytes was reached: 1 span',
    'not in the sums: 3 decisions, more at a time than are remembered',
  ]);
  // Nobody knows how many of these spans were late.
  expect(told.join('\n')).not.toContain('late');
  expect(resultAsJson(result({ forgotten: 3 }))).toMatchObject({ late: null, forgottenDecisions: 3 });
});
