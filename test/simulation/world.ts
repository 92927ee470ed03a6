import { createHash } from 'node:crypto';
import type { ProcessorRef } from '@tributary/component';
import { virtualClock } from '@tributary/testkit';
import { runApplication, type Sent } from './application.js';
import { Store } from './backend.js';
import { Custody } from './custody.js';
import { Network } from './network.js';
import { Observer } from './observer.js';
import type { Plan } from './plan.js';
import { Process, type Program, type Surroundings } from './process.js';
import { backend, forwarder } from './programs.js';
import { Random } from './random.js';
import { inflict, storm, sway } from './troubles.js';
import { verdict, type Figures } from './verdict.js';

/** How a world can be made worse than it is, for those who doubt that anybody would notice. */
export interface Sabotage {
  /** Stands first in each gateway. */
  readonly processor?: ProcessorRef<'logs'>;
  /** In place of the chance that the seed decides. */
  readonly random?: () => number;
}

/** What a plan came to. */
export interface Result {
  /** What must not happen, and did. */
  readonly problems: readonly string[];
  /** Everything that happened, in order. */
  readonly lines: readonly string[];
  /** Of all lines. */
  readonly digest: string;
  readonly figures: Figures;
  readonly calls: number;
  readonly failedCalls: number;
  readonly virtualMs: number;
}

/** Long after all trouble is over. */
const patienceMs = 30 * 60_000;
const shutdownMs = 60_000;
/** There would be nothing new in more of them. */
const mostProblems = 20;

/** Lives through a plan: applications, collectors and backends, with all that happens to them, until all is at rest. */
export async function simulate(plan: Plan, sabotage: Sabotage = {}): Promise<Result> {
  const clock = virtualClock({ startMs: 0 });
  const random = new Random(plan.seed);
  const lines: string[] = [];
  const problems = new Set<string>();
  const log = (line: string): void => void lines.push(`${clock.monotonic().toFixed(3)} ${line}`);
  const complain = (problem: string): void => {
    if (problems.size === mostProblems || problems.has(problem)) return;
    problems.add(problem);
    log(`WRONG ${problem}`);
  };
  const custody = new Custody();
  const processes = new Map<string, Process>();
  const observer = new Observer(custody, log, processes);
  const network = new Network(clock, random.fork(), observer);
  const stores = new Map(plan.backends.map((name) => [name, new Store()]));
  const around: Surroundings = {
    clock,
    random: () => sabotage.random ?? random.fork().next,
    custody,
    log,
    complain,
  };

  function add(name: string, targets: readonly string[], program: Program): void {
    processes.set(name, new Process(network.host(name), targets, program, around));
  }
  // In the order in which they start; they stop in the other.
  for (const [name, store] of stores) add(name, ['store'], backend(store, custody));
  for (const collector of plan.collectors.toReversed()) {
    const { name, targets } = collector;
    const isGateway = targets.some((target) => stores.has(target));
    const first = isGateway && sabotage.processor !== undefined ? [sabotage.processor] : [];
    add(name, targets, forwarder(collector, first));
  }
  for (const process of processes.values()) await process.start();

  const sent = new Map<string, Sent>();
  let items = 0;
  const nextItem = (): number => ++items;
  const scripts = [
    ...plan.applications.map(async (application) => {
      const { name } = application;
      const transport = network.host(name).transport();
      sent.set(
        name,
        await runApplication(application, transport, { clock, random: random.fork(), nextItem }),
      );
      log(`${name} is done`);
    }),
    ...[...plan.troubles].map(([name, troubles]) => inflict(processes.get(name)!, troubles, around)),
    ...[...plan.moods].map(([name, moods]) => sway(name, stores.get(name)!, moods, around)),
    ...plan.links.map(({ between: [a, b], conditions, weather }) => {
      const link = network.link(network.host(a), network.host(b));
      link.conditions = conditions;
      return storm(`${a} – ${b}`, link, weather, around);
    }),
  ];

  async function comeToRest(): Promise<void> {
    while ([...processes.values()].some(({ heldItems }) => heldItems > 0)) await clock.sleep(1_000);
  }
  async function stopAll(): Promise<void> {
    for (const process of [...processes.values()].toReversed()) await process.stop(shutdownMs);
    // What is under way arrives, to nobody.
    await clock.sleep(10_000);
  }
  /** Lets time pass until something is over. False where it never is. */
  async function isOver(work: Promise<unknown>): Promise<boolean> {
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    work.catch((error: unknown) => complain(`thrown: ${String(error)}`)).then(settle, settle);
    for (const endMs = clock.monotonic() + patienceMs; clock.monotonic() < endMs;) {
      await clock.advance(1_000);
      if (isSettled) return true;
    }
    return false;
  }
  if (!(await isOver(Promise.all(scripts)))) complain('the applications do not end');
  else if (!(await isOver(comeToRest()))) complain('the collectors do not come to rest');
  else if (!(await isOver(stopAll()))) complain('the collectors do not stop');
  else if (clock.pending > 0) complain(`timers are left: ${JSON.stringify(clock.timers())}`);

  observer.end();
  const { problems: found, figures } = verdict({ plan, custody, sent, stores });
  for (const problem of found) complain(problem);
  const { calls, failedCalls } = observer;
  return {
    problems: [...problems],
    lines,
    digest: createHash('sha256').update(lines.join('\n')).digest('hex'),
    figures,
    calls,
    failedCalls,
    virtualMs: clock.monotonic(),
  };
}
