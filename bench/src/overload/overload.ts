import { Sink } from '../sink/sink.js';
import { Worker } from '../sink/worker.js';
import { startSubject, type Subject, type SubjectKind } from '../subject/subject.js';
import { Tally } from '../tally.js';
import { Offers, spansPerRequest } from './offers.js';

/** What the backend can do. */
export const backendSpansPerSecond = 50_000;
/** As much again is offered. */
const offeredRequestsPerSecond = (2 * backendSpansPerSecond) / spansPerRequest;
export const overloadLimitMib = 256;
const fillMs = 30_000;
const windowMs = 15_000;

export interface Overload {
  readonly peakMib: number;
  readonly offeredPerSecond: number;
  readonly refusedShare: number;
  readonly hintedShare: number;
  /** Of what the backend could have taken. */
  readonly goodput: number;
  readonly lost: number;
  readonly twice: number;
}

/** Offers twice what the backend takes, and looks on from the first refusal. */
export function overload(kind: SubjectKind): Promise<Overload> {
  const worker = new Worker(backendSpansPerSecond);
  return behind(kind, overloadLimitMib, worker, async (subject, offers) => {
    await offers.offer(offeredRequestsPerSecond, fillMs, () => offers.refused > 0);
    const { offered } = offers;
    const doneBefore = worker.done;
    const begin = performance.now();
    await offers.offer(offeredRequestsPerSecond, windowMs);
    const seconds = (performance.now() - begin) / 1000;
    const done = worker.done - doneBefore;
    await offers.settle();
    return {
      peakMib: subject.process.mib('peak'),
      offeredPerSecond: ((offers.offered - offered) * spansPerRequest) / seconds,
      refusedShare: offers.refused / offers.offered,
      hintedShare: offers.refused === 0 ? 1 : offers.hinted / offers.refused,
      goodput: done / seconds / backendSpansPerSecond,
    };
  });
}

export const recoveryLimitMib = 128;
const recoveryRequestsPerSecond = 20;
const stallMs = 3000;
const returnMs = 12_000;

export interface Recovery {
  /** Seconds from the return of the backend to the first request that was accepted, and to the last that was not. */
  readonly firstAcceptedS: number;
  readonly lastRefusedS: number;
  readonly peakMib: number;
  readonly lost: number;
  readonly twice: number;
}

/** Lets the backend stop until everything is refused, and return. */
export function recovery(kind: SubjectKind): Promise<Recovery> {
  const worker = new Worker(Infinity);

  return behind(kind, recoveryLimitMib, worker, async (subject, offers) => {
    worker.stop();
    await offers.offer(recoveryRequestsPerSecond, fillMs, () => offers.refused > 0);
    await offers.offer(recoveryRequestsPerSecond, stallMs);
    const returnedAt = performance.now();
    worker.goOn();
    await offers.offer(recoveryRequestsPerSecond, returnMs);
    await offers.settle();
    const firstAcceptedAt = offers.acceptedAt.find((at) => at > returnedAt) ?? Infinity;
    return {
      firstAcceptedS: (firstAcceptedAt - returnedAt) / 1000,
      lastRefusedS: Math.max(0, offers.lastRefusedAt - returnedAt) / 1000,
      peakMib: subject.process.mib('peak'),
    };
  });
}

/** Runs a subject between clients and a slow backend, lets it end, and says what is missing. */
async function behind<Told>(
  kind: SubjectKind,
  limitMib: number,
  worker: Worker,
  run: (subject: Subject, offers: Offers) => Promise<Told>,
): Promise<Told & { readonly lost: number; readonly twice: number }> {
  const tally = new Tally('traces', spansPerRequest);
  using sink = await Sink.start({ protocol: 'grpc', compression: 'none', tally, worker });
  await using subject = await startSubject(kind, {
    protocol: 'grpc',
    compression: 'none',
    isBatched: true,
    backend: sink.address,
    limitMib,
  });
  await using offers = new Offers(subject.address, tally);
  const told = await run(subject, offers);
  for (const [message, times] of offers.failures) console.error(`${kind.name}, ${times} times: ${message}`);
  await subject.stop();
  return { ...told, ...tally.compare() };
}
