import { medianOf, sumOf } from '../report.js';
import type { Results, Section, Session } from '../session.js';
import type { SubjectKind } from '../subject/subject.js';
import { measureMemory, measureSampling, shadow, type SamplingPlan, type SamplingRun } from './measure.js';
import { pieces } from './trace-load.js';

const spansPerSecond = 50_000;
const liveTraces = 100_000;

interface SamplingCase {
  readonly name: string;
  readonly further: string;
  /** What the Go Collector 0.161 took on the same class of machine. */
  readonly go?: number;
  readonly target?: number;
  readonly maxP99Ms?: number;
}

const cases: readonly SamplingCase[] = [
  { name: 'tail sampling', further: '', go: 11.7, target: 4, maxP99Ms: 50 },
  { name: 'tail sampling, no record of why', further: 'why: {max_records: 0}' },
  { name: 'tail sampling, four shadow policies', further: shadow },
];
/** Most of the CPU time that they may take. */
const maxWhyShare = 0.03;
const maxShadowShare = 0.25;
const memoryName = 'tail sampling, 100,000 live traces';
const maxGrowthMib = 0.9 * 1024;

/** Traces of ten spans in pieces over a second, `decision_wait` 5 s, four policies: gRPC in and out. */
export const samplingSection: Section = {
  cases: [...cases.map(({ name }) => name), memoryName],
  async run(session, names) {
    const row = session.report.table([
      'load',
      'subject',
      'CPU s / million',
      'p50 ms',
      'p99 ms',
      'peak MiB',
      'kept of 10 %',
      'lost',
      'twice',
      'refused',
      'Go, elsewhere',
      'target',
    ]);
    const chosen = cases.filter(({ name }) => names.includes(name));
    await session.attempt('tail sampling', () => runCases(session, chosen, row));
    if (names.includes(memoryName)) await session.attempt(memoryName, () => runMemory(session));
  },
};

function planOf(session: Session, decisionWaitS: number, further: string): SamplingPlan {
  return { decisionWaitS, spansPerSecond, further, losesOne: session.options.break };
}

async function runCases(
  session: Session,
  chosen: readonly SamplingCase[],
  row: (cells: readonly (string | number | undefined)[]) => void,
): Promise<void> {
  const measured = chosen.map(({ name, further }) => ({
    name,
    measure: (kind: SubjectKind) => measureSampling(kind, planOf(session, 5, further)),
  }));
  const results = await session.casesInTurns(measured, Math.min(3, session.options.rounds));
  for (const [n, each] of chosen.entries()) addCase(session, each, results[n]!, row);
  if (chosen.length < cases.length) return;
  const [usual, withoutWhy, withShadow] = results.map(([ours]) => medianOf(ours![1], cpuOf));
  const shares = [
    { what: 'the record of why', share: 1 - withoutWhy! / usual!, most: maxWhyShare },
    { what: 'four shadow policies', share: 1 - usual! / withShadow!, most: maxShadowShare },
  ];
  const shareRow = session.report.table(['share of the CPU', 'subject', '%', 'target']);
  for (const { what, share, most } of shares) {
    shareRow([what, results[0]![0]![0], share * 100, most * 100]);
    session.expect(`tail sampling, share of ${what}`, share, { atMost: most });
  }
}

const cpuOf = (run: SamplingRun): number => run.cpuSecondsPerMillion;

function addCase(
  session: Session,
  { name, go, target, maxP99Ms }: SamplingCase,
  results: Results<SamplingRun>,
  row: (cells: readonly (string | number | undefined)[]) => void,
): void {
  for (const [i, [subject, runs]] of results.entries()) {
    const cpu = medianOf(runs, cpuOf);
    const p99Ms = medianOf(runs, (run) => run.p99Ms);
    const lost = sumOf(runs, (run) => run.lost);
    row([
      i === 0 ? name : '',
      subject,
      cpu,
      medianOf(runs, (run) => run.p50Ms),
      p99Ms,
      medianOf(runs, (run) => run.peakMib),
      `${(medianOf(runs, (run) => run.keptShare) * 100).toFixed(1)} %`,
      lost,
      sumOf(runs, (run) => run.twice),
      sumOf(runs, (run) => run.refusedRequests),
      i === 0 ? go : '',
      i === 0 ? target : '',
    ]);
    session.countLoss(name, subject, lost);
    if (i > 0) continue;
    if (target !== undefined) session.expect(`${name}: CPU s per million`, cpu, { atMost: target });
    if (maxP99Ms !== undefined) session.expect(`${name}: p99 ms`, p99Ms, { atMost: maxP99Ms });
  }
}

async function runMemory(session: Session): Promise<void> {
  const row = session.report.table([
    memoryName,
    'subject',
    'idle MiB',
    'MiB',
    'growth MiB',
    'Go, elsewhere',
    'target',
  ]);
  const results = await session.inTurns(memoryName, 1, (kind) =>
    measureMemory(kind, planOf(session, (liveTraces * pieces) / spansPerSecond, '')),
  );
  for (const [i, [subject, runs]] of results.entries()) {
    const [{ idleMib, loadedMib, lost }] = runs as readonly [(typeof runs)[number]];
    row([
      '',
      subject,
      idleMib,
      loadedMib,
      loadedMib - idleMib,
      i === 0 ? 4.4 * 1024 : '',
      i === 0 ? maxGrowthMib : '',
    ]);
    session.countLoss(memoryName, subject, lost);
    if (i === 0) session.expect(`${memoryName}: growth MiB`, loadedMib - idleMib, { atMost: maxGrowthMib });
  }
}
