import {
  background,
  ConsumeError,
  definitionOf,
  type AnyFactory,
  type Batch,
  type Signal,
} from '@tributary/component';
import { KeepingSink } from '../memory-exporter.js';
import type { Received } from '../received.js';
import type { Script } from '../script.js';
import { numbered, numbersIn } from './items.js';
import { mount, type Mounted } from './mount.js';
import { passingTime, type PassingTime } from './time.js';

/** The far end of an exporter: a server that keeps what arrives and answers by a script. */
export interface ContractRemote extends Received, Script {
  close(): Promise<void>;
}

/** What a check runs against. */
export interface ContractOptions<R extends ContractRemote = ContractRemote> {
  readonly factory: AnyFactory;
  /**
   * Makes a fresh reference for each check, with short times: the suite waits for
   * what is held. `remote` is what the option of that name made.
   */
  readonly create: (remote: R) => object;
  /**
   * `carried`: to accept means that the next one has accepted. `held`: it accepts at
   * once, and answers for the data itself (batch, a queue). Default `'carried'`.
   */
  readonly outcome?: 'carried' | 'held';
  /**
   * For receivers: sends a batch to one of their addresses, on a connection that is
   * closed afterwards. Resolves with how many items the reply calls rejected (nothing is
   * none), and rejects with a ConsumeError of the kind that the reply means.
   */
  readonly send?: (
    batch: Batch<Signal>,
    addresses: Readonly<Record<string, string>>,
  ) => Promise<number | void>;
  /** For exporters: makes the far end. Without it only the lifecycle is checked, and that batches are accepted. */
  readonly remote?: () => Promise<R>;
  /** Default: all that the factory supports. */
  readonly signals?: readonly Signal[];
  /** Rules that do not hold here, each with the reason. */
  readonly skip?: Readonly<Partial<Record<ContractRule, string>>>;
}

/** The rules, as they are called in test reports. */
export type ContractRule =
  | 'shuts down before it starts'
  | 'shuts down twice, also at the same time'
  | 'leaves no timer behind'
  | 'leaves no socket behind'
  | 'lets go when its grace has ended'
  | 'accepts'
  | 'passes every item on, once'
  | 'answers with the outcome of the next'
  | 'keeps what is refused, and offers it again'
  | 'accounts for what is rejected for good'
  | 'loses nothing when it shuts down under load'
  | 'answers for what comes after its shutdown';

/** One check, for any test framework. */
export interface ContractCheck {
  readonly name: string;
  readonly rule: ContractRule;
  /** Rejects where the rule is broken. */
  readonly run: () => Promise<void>;
  /** Why it is not to be run. */
  readonly skip: string | undefined;
}

/**
 * What every component must do, as checks that no test framework is needed for:
 * each runs one component by itself, on virtual time, between a source and an end that
 * are the suite's. {@link registerChecks} hands them to `vitest` or `node:test`.
 */
export function contractSuite<R extends ContractRemote = ContractRemote>(
  options: ContractOptions<R>,
): readonly ContractCheck[] {
  const { kind, type, pairs } = definitionOf(options.factory);
  const isExtension = kind === 'extension';
  // An extension takes no signal, and is checked once.
  const signals = isExtension ? [undefined] : (options.signals ?? options.factory.signals);
  return signals.flatMap((signal) => {
    const isThrough = kind !== 'connector' || pairs[signal!]?.[signal!] !== undefined;
    const hasEnd = kind === 'exporter' ? options.remote !== undefined : isThrough;
    return rules
      .filter(({ needs = 'nothing' }) => {
        if (needs === 'nothing') return true;
        if (isExtension || (kind === 'receiver' && options.send === undefined)) return false;
        if (needs === 'signal') return true;
        if (needs === 'part' && signal === 'profiles') return false;
        return hasEnd && (needs === 'end' || needs === 'part' || needs === (options.outcome ?? 'carried'));
      })
      .map(({ rule, check }) => ({
        name: `${type}${signal === undefined ? '' : ` (${signal})`} ${rule}`,
        rule,
        skip: options.skip?.[rule],
        run: () => inArrangement(options, signal, check),
      }));
  });
}

/** Registers checks with the `test` of vitest or node:test. A skipped one states its reason. */
export function registerChecks(
  checks: readonly ContractCheck[],
  test: {
    (name: string, run: () => Promise<void>): unknown;
    skip(name: string, run: () => Promise<void>): unknown;
  },
): void {
  for (const { name, run, skip } of checks) {
    if (skip === undefined) test(name, run);
    else test.skip(`${name} (skipped: ${skip})`, run);
  }
}

/** A component, what is before it and what is behind it. */
interface Arrangement extends PassingTime {
  readonly mounted: Mounted;
  /** What the items come to in the end: the next consumer, or the far end of an exporter. */
  readonly end: Received & Script;
  /** Between two sockets a kind may lose its finer meaning. */
  readonly hasSockets: boolean;
  readonly start: () => Promise<void>;
  readonly shutdown: (grace?: AbortSignal) => Promise<void>;
  /** Puts one item in, where there is a way in. */
  readonly use: () => Promise<void>;
  /** Puts items in, and tells how many of them were accepted. */
  readonly offer: (...numbers: readonly number[]) => Promise<Offered>;
  /** Waits until so many items have arrived or were booked as dropped. */
  readonly account: (items: number) => Promise<void>;
}

interface Offered {
  readonly numbers: readonly number[];
  readonly accepted: number;
  readonly error: ConsumeError | undefined;
}

async function inArrangement<R extends ContractRemote>(
  options: ContractOptions<R>,
  signal: Signal | undefined,
  check: (arrangement: Arrangement) => Promise<void>,
): Promise<void> {
  const remote = await options.remote?.();
  try {
    await runCheck(options, signal, remote, check);
  } finally {
    await remote?.close();
  }
}

async function runCheck<R extends ContractRemote>(
  options: ContractOptions<R>,
  signal: Signal | undefined,
  remote: R | undefined,
  check: (arrangement: Arrangement) => Promise<void>,
): Promise<void> {
  const hasSockets = remote !== undefined || options.send !== undefined;
  const time = passingTime(hasSockets);
  const sink = new KeepingSink();
  const end = remote ?? sink;
  const mounted = mount(options.create(remote as R), signal, {
    clock: time.clock,
    next: { consume: (batch, context) => sink.take(batch, context, Infinity) },
  });
  const shutdown = (grace: AbortSignal = never): Promise<void> =>
    time.drive('shutdown', mounted.shutdown(grace));

  async function put(batch: Batch<Signal>): Promise<number | void> {
    if (options.send !== undefined) return options.send(batch, mounted.addresses);
    return mounted.consume?.(batch, background);
  }
  async function offer(...numbers: readonly number[]): Promise<Offered> {
    try {
      const rejected = await time.drive('consume', put(numbered(signal!, numbers)));
      return { numbers, accepted: numbers.length - (rejected ?? 0), error: undefined };
    } catch (error) {
      if (!ConsumeError.is(error)) throw error;
      const rejected = error.rejected?.itemCount ?? numbers.length;
      return { numbers, accepted: numbers.length - rejected, error };
    }
  }

  try {
    await check({
      ...time,
      mounted,
      end,
      hasSockets,
      start: () => time.drive('start', mounted.start()),
      shutdown,
      offer,
      async use() {
        if (signal !== undefined && (options.send ?? mounted.consume) !== undefined) await offer(1);
      },
      account: (items) =>
        time.until(
          `${items} items were accepted, and did not arrive`,
          () => end.items + mounted.dropped() >= items,
        ),
    });
  } finally {
    // What a check left running must not disturb the next; its own error is the one to see.
    await shutdown(AbortSignal.abort()).catch(() => {});
    time.stop();
  }
}

const never = new AbortController().signal;

interface Rule {
  readonly rule: ContractRule;
  /**
   * What there must be: `signal` something that goes in; `end` also something to see where it
   * comes to; `part` that, and a batch that can be cut; `carried` and `held` that, and this way of answering.
   */
  readonly needs?: 'signal' | 'end' | 'part' | 'carried' | 'held';
  readonly check: (arrangement: Arrangement) => Promise<void>;
}

const rules: readonly Rule[] = [
  {
    rule: 'shuts down before it starts',
    check: ({ shutdown }) => shutdown(),
  },
  {
    rule: 'shuts down twice, also at the same time',
    async check({ start, use, shutdown, mounted, drive }) {
      await start();
      await use();
      await drive('shutdown', Promise.all([mounted.shutdown(never), mounted.shutdown(never)]));
      await shutdown();
    },
  },
  {
    rule: 'leaves no timer behind',
    async check({ start, use, shutdown, clock }) {
      await start();
      await use();
      await clock.advance('1s');
      await shutdown();
      const left = clock.timers().map(({ kind, ms }) => `${kind}(${ms})`);
      expectEqual(left, [], 'timers after shutdown');
    },
  },
  {
    rule: 'leaves no socket behind',
    async check({ start, use, shutdown, until }) {
      const before = openSockets();
      await start();
      await use();
      await shutdown();
      await until(
        `of ${before} open sockets before there did not remain as few after shutdown`,
        () => openSockets() <= before,
      );
    },
  },
  {
    rule: 'lets go when its grace has ended',
    needs: 'end',
    async check({ start, shutdown, end, offer, until }) {
      await start();
      let isAsked = false;
      end.respond(() => {
        isAsked = true;
        return new Promise(() => {});
      });
      // Hangs for ever, or fails as the component lets go: both are right.
      offer(1).catch(() => {});
      await until('the next one was not asked', () => isAsked);
      await shutdown(AbortSignal.abort());
    },
  },
  {
    rule: 'accepts',
    needs: 'signal',
    async check({ start, shutdown, offer }) {
      await start();
      const { error } = await offer(1, 2, 3);
      await shutdown();
      if (error !== undefined) throw error;
    },
  },
  {
    rule: 'passes every item on, once',
    needs: 'end',
    async check({ start, shutdown, end, offer, account }) {
      await start();
      await offer(1, 2, 3, 4);
      await offer(5);
      await offer(6, 7);
      await account(7);
      await shutdown();
      expectNumbers(end, [1, 2, 3, 4, 5, 6, 7]);
    },
  },
  {
    rule: 'answers with the outcome of the next',
    needs: 'carried',
    async check({ start, shutdown, end, offer, hasSockets }) {
      await start();
      for (const kind of ['refused', 'retryable', 'permanent'] as const) {
        const status = { code: kind === 'permanent' ? 7 : 14, message: 'says the next' };
        end.refuseNext(kind, { retryAfterMs: 2000, status });
        const { error } = await offer(1, 2, 3);
        const told = error?.kind === 'refused' && hasSockets ? 'retryable' : error?.kind;
        const meant = kind === 'refused' && hasSockets ? 'retryable' : kind;
        expectEqual(told ?? 'accepted', meant, `outcome, the next one having said ${kind}`);
        if (kind === 'permanent') expectEqual(error?.status?.code, status.code, 'status');
        else expectEqual(error?.retryAfterMs, 2000, 'retryAfterMs');
      }
      expectNumbers(end, []);
      await offer(1, 2, 3);
      await shutdown();
      expectNumbers(end, [1, 2, 3]);
    },
  },
  {
    rule: 'keeps what is refused, and offers it again',
    needs: 'held',
    async check({ start, shutdown, end, offer, account }) {
      await start();
      end.refuseNext('refused', { retryAfterMs: 10 });
      end.refuseNext('retryable');
      const { error } = await offer(1, 2, 3);
      if (error !== undefined) throw error;
      await account(3);
      await shutdown();
      expectNumbers(end, [1, 2, 3]);
    },
  },
  {
    rule: 'accounts for what is rejected for good',
    needs: 'part',
    async check({ start, shutdown, end, offer, account, mounted }) {
      await start();
      end.refuseNext('permanent', { items: 1 });
      const { accepted } = await offer(1, 2, 3);
      await account(accepted);
      await shutdown();
      const accounts = { arrived: end.items, dropped: mounted.dropped(), held: mounted.held() };
      expectEqual(
        { accepted, ...accounts },
        { accepted: 2 + accounts.dropped, arrived: 2, dropped: accounts.dropped, held: 0 },
        'items, one of three being rejected',
      );
    },
  },
  {
    rule: 'loses nothing when it shuts down under load',
    needs: 'end',
    async check({ start, mounted, end, offer, clock, drive, until, hasSockets }) {
      await start();
      // One comes after the other until the shutdown: then some are inside, and some with the next.
      let isClosing = false;
      const stepMs = hasSockets ? 10 : 100;
      end.respond(() => clock.sleep(3 * stepMs));
      const come = async (n: number): Promise<Offered> => {
        await clock.sleep(n * stepMs);
        return isClosing ? { numbers: [], accepted: 0, error: undefined } : offer(2 * n, 2 * n + 1);
      };
      const offers = Promise.all(Array.from({ length: 20 }, (_, n) => come(n)));
      offers.catch(() => {}); // Seen below; until then it must not end the process.
      await until('nothing arrived', () => end.items > 0);
      isClosing = true;
      await drive('shutdown', mounted.shutdown(never));
      const outcomes = await drive('the calls', offers);
      const accepted = outcomes.flatMap(({ numbers, error }) => (error === undefined ? numbers : []));
      expectNumbers(end, accepted);
    },
  },
  {
    rule: 'answers for what comes after its shutdown',
    needs: 'end',
    async check({ start, shutdown, end, offer, account }) {
      await start();
      await offer(1);
      await account(1);
      await shutdown();
      const { accepted } = await offer(2);
      await account(1 + accepted);
      expectNumbers(end, accepted === 0 ? [1] : [1, 2]);
    },
  },
];

/** All items, in any order, each once. */
function expectNumbers(end: Received, expected: readonly number[]): void {
  const arrived = numbersIn(end.batches).sort((a, b) => a - b);
  expectEqual(arrived, expected, 'items that arrived');
}

function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, got ${got}`);
}

/** Sockets and listeners that keep this process alive. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => /^(TCP|UDP|Pipe)/.test(resource)).length;
}
