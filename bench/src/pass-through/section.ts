import { packingProblem } from '../packing.js';
import { medianOf, sumOf } from '../report.js';
import type { Section, Session } from '../session.js';
import { forwarder, type SubjectKind } from '../subject/subject.js';
import { passThroughCases, type PassThroughCase } from './cases.js';
import { measure, type Measurement } from './measure.js';

const longTimes = { warmUpMs: 1200, floodMs: 2200, paceMs: 1600 };
const shortTimes = { warmUpMs: 1000, floodMs: 2000, paceMs: 1000 };
/** As `batch` does without being told otherwise. */
const batchItems = 8192;

const cpu = (run: Measurement): number => run.cpuSecondsPerMillion;
const rate = (run: Measurement): number => run.itemsPerSecond;

/** Telemetry that is passed on, as fast as can be and at half of that. */
export const passThroughSection: Section = {
  cases: passThroughCases.map(({ name }) => name),
  async run(session, cases) {
    const row = session.report.table([
      'load',
      'subject',
      'CPU s / million',
      'to forwarder',
      ...(session.options.peer === undefined ? [] : ['to peer']),
      'million/s',
      'bench CPU s',
      'peak MiB',
      'p50 ms',
      'p99 ms',
      'lost',
      'twice',
      'refused',
      'Go, elsewhere',
      'target, elsewhere',
    ]);
    for (const subject of passThroughCases.filter(({ name }) => cases.includes(name))) {
      const problem = packingProblem(subject.traffic.compression);
      if (problem !== undefined) row([subject.name, problem]);
      else await session.attempt(subject.name, () => runCase(session, subject, row));
    }
  },
};

async function runCase(
  session: Session,
  { name, traffic, isBatched, elsewhere, maxRatio, maxP99Ms }: PassThroughCase,
  row: (cells: readonly (string | number | undefined)[]) => void,
): Promise<void> {
  const { options, collectors } = session;
  const [ours, ...peers] = collectors;
  const times = options.short || options.break ? shortTimes : longTimes;
  const requestsPerBatch = isBatched ? Math.ceil(batchItems / traffic.itemsPerRequest) : 1;
  const kinds: readonly SubjectKind[] = [ours, forwarder(requestsPerBatch), ...peers];
  const results = new Map<SubjectKind, Measurement[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const kind of kinds) {
      // All are sent the same: half of what ours gets through.
      const own = results.get(ours)!;
      const pace = own.length === 0 ? undefined : medianOf(own, rate) / 2;
      results.get(kind)!.push(await measure(kind, { traffic, isBatched, ...times }, pace));
    }
  }
  session.measured[name] = Object.fromEntries([...results].map(([kind, runs]) => [kind.name, runs]));

  const base = medianOf(results.get(kinds[1]!)!, cpu);
  for (const [kind, runs] of results) {
    const isOurs = kind === ours;
    const lost = sumOf(runs, (run) => run.lost);
    row([
      isOurs ? name : '',
      kind.name,
      medianOf(runs, cpu),
      medianOf(runs, cpu) / base,
      ...peers.map((peer) => (isOurs ? medianOf(runs, cpu) / medianOf(results.get(peer)!, cpu) : '')),
      medianOf(runs, rate) / 1e6,
      medianOf(runs, (run) => run.benchCpuSecondsPerMillion),
      medianOf(runs, (run) => run.peakMib),
      medianOf(runs, (run) => run.p50Ms),
      medianOf(runs, (run) => run.p99Ms),
      lost,
      sumOf(runs, (run) => run.twice),
      sumOf(runs, (run) => run.refusedRequests),
      isOurs ? elsewhere?.go : '',
      isOurs ? elsewhere?.target : '',
    ]);
    session.countLoss(name, kind.name, lost);
    const strangers = sumOf(runs, (run) => run.strangers);
    if (strangers > 0)
      session.failures.push(`${name}: ${kind.name} sent ${strangers} items that nobody gave it`);
  }
  const own = results.get(ours)!;
  if (maxRatio !== undefined)
    session.expect(`${name}: CPU time as a multiple of the forwarder's`, medianOf(own, cpu) / base, {
      atMost: maxRatio,
    });
  if (maxP99Ms !== undefined)
    session.expect(
      `${name}: p99 ms`,
      medianOf(own, (run) => run.p99Ms),
      { atMost: maxP99Ms },
    );
}
