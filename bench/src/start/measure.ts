import { setTimeout as sleep } from 'node:timers/promises';
import { startSubject, type SubjectKind } from '../subject/subject.js';

/** After this, what only the start needed has been let go. */
const idleMs = 3_000;

export interface Start {
  /** From the start of the process to the first connection that it accepts. */
  readonly bootMs: number;
  /** Some seconds later, when nothing was asked of it. */
  readonly idleMib: number;
}

/** Starts a subject, and looks at it while nothing happens. */
export async function measureStart(kind: SubjectKind): Promise<Start> {
  const setup = { protocol: 'grpc', compression: 'none', isBatched: true, backend: '127.0.0.1:1' } as const;
  await using subject = await startSubject(kind, setup);
  await sleep(idleMs);
  return { bootMs: subject.process.bootMs, idleMib: subject.process.mib('now') };
}
