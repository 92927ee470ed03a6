import type { Sent } from './application.js';
import type { Store } from './backend.js';
import { unpassed, type Custody, type LifeRecord } from './custody.js';
import type { Plan } from './plan.js';

/** What became of the items of a world. */
export interface Figures {
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged, and not at a backend: dropped and told so, or gone with a process that was killed. */
  readonly missing: number;
  /** Dropped by collectors, by their own books. */
  readonly dropped: number;
  /** Times that a backend took an item again. */
  readonly repeated: number;
  readonly kills: number;
}

interface Evidence {
  readonly plan: Plan;
  readonly custody: Custody;
  /** By application. */
  readonly sent: ReadonlyMap<string, Sent>;
  readonly stores: ReadonlyMap<string, Store>;
}

interface Verdict {
  readonly problems: readonly string[];
  readonly figures: Figures;
}

/** Compares what the applications were told with what the backends have. */
export function verdict({ plan, custody, sent, stores }: Evidence): Verdict {
  const problems: string[] = [];
  const figures = { sent: 0, acknowledged: 0, missing: 0, dropped: 0, repeated: 0, kills: 0 };
  const missing = new Map<LifeRecord, Set<number>>();

  /** Charges a missing item to a process that had it last. */
  function charge(item: number, way: readonly Hop[]): void {
    const last = custody.lives.filter((record) =>
      way.some(({ name, target }) => record.name === name && unpassed(record, target, item) > 0),
    );
    const roomOf = (record: LifeRecord): number => mayLose(record, plan) - (missing.get(record)?.size ?? 0);
    // One that has stopped had the time to pass it on.
    const culprit =
      last.find(({ end }) => end !== 'killed') ?? last.toSorted((a, b) => roomOf(b) - roomOf(a))[0];
    if (culprit === undefined) return void problems.push(`item ${item} is lost, and nobody has had it last`);
    const items = missing.get(culprit) ?? new Set();
    missing.set(culprit, items.add(item));
  }

  for (const { name, agent } of plan.applications) {
    const { acknowledged, refused, givenUp } = sent.get(name) ?? nothing;
    figures.sent += acknowledged.length + refused.length + givenUp.length;
    figures.acknowledged += acknowledged.length;
    for (const [backend, way] of waysFrom(plan, agent)) {
      const { stored } = stores.get(backend)!;
      for (const item of acknowledged) if (stored.of(item) === 0) charge(item, way);
    }
  }
  for (const [name, { stored }] of stores) {
    for (const item of stored.items()) {
      figures.repeated += stored.of(item) - 1;
      if (stored.of(item) > 1 && !custody.mayRepeat.has(item)) {
        problems.push(`${name} took item ${item} ${stored.of(item)} times, though no answer was lost`);
      }
    }
  }
  const reasons = reasonsIn(plan);
  for (const record of custody.lives) {
    const { name, end, drops, dropReasons, heldAtEnd } = record;
    figures.dropped += drops;
    if (end === 'killed') figures.kills++;
    const lost = missing.get(record)?.size ?? 0;
    figures.missing += lost;
    if (lost > mayLose(record, plan)) {
      problems.push(
        `${name} (${end}) has lost ${lost} items, of which it dropped ${drops} and had ${heldAtEnd} in memory`,
      );
    }
    for (const reason of dropReasons) {
      if (!reasons.has(reason))
        problems.push(`${name} dropped items as ${reason}, for which there is no cause`);
    }
  }
  return { problems, figures };
}

/** What it has dropped, and what it had in memory when it was killed: nothing that it had said yes to, where callers wait. */
function mayLose({ end, drops, heldAtEnd }: LifeRecord, { waits }: Plan): number {
  return drops + (end === 'killed' && !waits ? heldAtEnd : 0);
}

const nothing: Sent = { acknowledged: [], refused: [], givenUp: [] };

interface Hop {
  readonly name: string;
  readonly target: string;
}

/** By backend, who passes what an agent takes on to whom. */
function waysFrom(plan: Plan, agent: string): ReadonlyMap<string, readonly Hop[]> {
  const targetsOf = (name: string): readonly string[] =>
    plan.collectors.find((collector) => collector.name === name)!.targets;
  const ways = new Map<string, Hop[]>();
  for (const gateway of targetsOf(agent)) {
    for (const backend of targetsOf(gateway)) {
      const way = ways.get(backend) ?? [{ name: backend, target: 'store' }];
      way.push({ name: agent, target: gateway }, { name: gateway, target: backend });
      ways.set(backend, way);
    }
  }
  return ways;
}

/** Why a collector may drop what it has said yes to. */
function reasonsIn({ waits, collectors, moods, troubles }: Plan): ReadonlySet<string> {
  const reasons = new Set<string>();
  // A fan-out says yes where one branch has it and the other never will.
  if ([...moods.values()].flat().some(({ kind }) => kind === 'refuses for good')) {
    reasons.add('permanent').add('rejected_permanently');
  }
  if (waits) return reasons;
  if (collectors.some(({ delivery }) => delivery.retry_on_failure?.max_elapsed_time !== '0s')) {
    reasons.add('retries_exhausted');
  }
  if ([...troubles.values()].flat().some(({ kind }) => kind === 'stop')) reasons.add('shutdown');
  return reasons;
}
