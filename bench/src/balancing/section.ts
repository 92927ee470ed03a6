import { medianOf, sumOf } from '../report.js';
import type { Section, Session } from '../session.js';
import { measureBalancing, measureKilled, type BalancingPlan } from './measure.js';

interface BalancingCase {
  readonly name: string;
  readonly isBatched: boolean;
  readonly further: string;
  /** What the Go Collector 0.161 took on the same class of machine. */
  readonly go?: number;
  readonly target?: number;
}

const cases: readonly BalancingCase[] = [
  { name: 'load balancing over 3 backends', isBatched: true, further: '', go: 3.7, target: 2 },
  {
    name: 'load balancing over 3 backends, ring tributary, sticky',
    isBatched: true,
    further: 'ring: tributary, sticky: 30s',
  },
  { name: 'load balancing over 3 backends, no batch', isBatched: false, further: '' },
];
const killedName = 'load balancing, one of 3 backends killed';
/** What comes twice has arrived there and was not answered: one that answers at once would have nothing of the kind. */
const killedAnswerMs = 20;
const maxTwiceShare = 0.02;

/** 512 spans of 128 traces in a request: gRPC in and out. */
export const balancingSection: Section = {
  cases: [...cases.map(({ name }) => name), killedName],
  async run(session, names) {
    const chosen = cases.filter(({ name }) => names.includes(name));
    if (chosen.length > 0) {
      const row = session.report.table([
        'load',
        'subject',
        'CPU s / million',
        'million/s',
        'p50 ms',
        'p99 ms',
        'peak MiB',
        'split traces',
        'lost',
        'twice',
        'refused',
        'Go, elsewhere',
        'target',
      ]);
      for (const each of chosen) await session.attempt(each.name, () => runCase(session, each, row));
    }
    if (names.includes(killedName)) await session.attempt(killedName, () => runKilled(session));
  },
};

function planOf(
  session: Session,
  { isBatched, further }: Pick<BalancingPlan, 'isBatched' | 'further'>,
): BalancingPlan {
  return { isBatched, further, losesOne: session.options.break };
}

async function runCase(
  session: Session,
  balancing: BalancingCase,
  row: (cells: readonly (string | number | undefined)[]) => void,
): Promise<void> {
  const { name, go, target } = balancing;
  const results = await session.inTurns(name, session.options.rounds, (kind) =>
    measureBalancing(kind, planOf(session, balancing)),
  );
  for (const [i, [subject, runs]] of results.entries()) {
    const cpu = medianOf(runs, (run) => run.cpuSecondsPerMillion);
    const lost = sumOf(runs, (run) => run.lost);
    const splitTraces = sumOf(runs, (run) => run.splitTraces);
    row([
      i === 0 ? name : '',
      subject,
      cpu,
      medianOf(runs, (run) => run.spansPerSecond) / 1e6,
      medianOf(runs, (run) => run.p50Ms),
      medianOf(runs, (run) => run.p99Ms),
      medianOf(runs, (run) => run.peakMib),
      splitTraces,
      lost,
      sumOf(runs, (run) => run.twice),
      sumOf(runs, (run) => run.refusedRequests),
      i === 0 ? go : '',
      i === 0 ? target : '',
    ]);
    session.countLoss(name, subject, lost);
    if (splitTraces > 0) session.failures.push(`${name}: ${subject} has split ${splitTraces} traces`);
    if (i === 0 && target !== undefined)
      session.expect(`${name}: CPU s per million`, cpu, { atMost: target });
  }
}

async function runKilled(session: Session): Promise<void> {
  const row = session.report.table([
    killedName,
    'subject',
    'accepted meanwhile',
    'twice',
    'twice, share',
    'stuck',
    'lost',
    'refused',
    'Go, elsewhere',
    'target',
  ]);
  const rounds = Math.min(3, session.options.rounds);
  const results = await session.inTurns(killedName, rounds, (kind) =>
    measureKilled(kind, {
      ...planOf(session, { isBatched: false, further: '' }),
      answerMs: killedAnswerMs,
    }),
  );
  for (const [i, [subject, runs]] of results.entries()) {
    const share = medianOf(runs, ({ twice, spans }) => twice / spans);
    const lost = sumOf(runs, (run) => run.lost);
    const stuck = sumOf(runs, (run) => run.stuck);
    row([
      '',
      subject,
      medianOf(runs, (run) => run.spans),
      medianOf(runs, (run) => run.twice),
      `${(share * 100).toFixed(2)} %`,
      stuck,
      lost,
      sumOf(runs, (run) => run.refusedRequests),
      i === 0 ? '65 %, 15,900 stuck' : '',
      i === 0 ? `${maxTwiceShare * 100} %, 0` : '',
    ]);
    session.countLoss(killedName, subject, lost);
    if (i > 0) continue;
    session.expect(`${killedName}: share that came twice`, share, { atMost: maxTwiceShare });
    session.expect(`${killedName}: stuck`, stuck, { atMost: 0 });
  }
}
