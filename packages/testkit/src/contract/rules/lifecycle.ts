import { systemRuntime, type VirtualClock } from '@tributary/collector';
import { never } from '../arrangement.js';
import { expectEqual } from '../expect.js';
import type { Rule } from '../rule.js';
import type { PassingTime } from '../time.js';

/** How a component starts and ends, and what it leaves. */
export const lifecycleRules: readonly Rule[] = [
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
    rule: 'starts after a shutdown, or refuses to',
    async check(arrangement) {
      const { start, shutdown } = arrangement;
      const before = await openNow();
      await start();
      await shutdown();
      await eitherWay(start());
      await shutdown();
      await expectNothingLeft(arrangement, before);
    },
  },
  {
    rule: 'starts twice, or refuses to',
    async check(arrangement) {
      const { start, shutdown } = arrangement;
      const before = await openNow();
      await start();
      await eitherWay(start());
      await shutdown();
      await expectNothingLeft(arrangement, before);
    },
  },
  {
    // What an engine does whose patience has ended.
    rule: 'shuts down while it starts',
    async check(arrangement) {
      const { mounted, shutdown, drive } = arrangement;
      const before = await openNow();
      const starting = eitherWay(mounted.start());
      await shutdown();
      await drive('start', starting);
      await expectNothingLeft(arrangement, before);
    },
  },
  {
    rule: 'leaves no timer behind',
    async check({ start, use, shutdown, clock }) {
      await start();
      await use();
      await clock.advance('1s');
      await shutdown();
      expectNoTimer(clock);
    },
  },
  {
    rule: 'leaves no socket behind',
    async check({ start, use, shutdown, until }) {
      const { sockets } = await openNow();
      await start();
      await use();
      await shutdown();
      await expectNoSocket(until, sockets);
    },
  },
  {
    rule: 'leaves no file open',
    async check({ start, use, shutdown, until }) {
      const { files } = await openNow();
      await start();
      await use();
      await shutdown();
      await expectNoFile(until, files);
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
];

/** Whether it does it or says no is its own affair; that it ends is not. */
async function eitherWay(work: Promise<void>): Promise<void> {
  await work.catch(() => {});
}

async function expectNothingLeft({ clock, until }: PassingTime, { sockets, files }: Open): Promise<void> {
  await expectNoSocket(until, sockets);
  await expectNoFile(until, files);
  expectNoTimer(clock);
}

function expectNoTimer(clock: VirtualClock): void {
  const left = clock.timers().map(({ kind, ms }) => `${kind}(${ms})`);
  expectEqual(left, [], 'timers after shutdown');
}

/** A socket is closed some turns after it was said so. */
const lingeringMs = 10_000;

function expectNoSocket(until: PassingTime['until'], before: number): Promise<void> {
  return until(
    `of ${before} open sockets before there did not remain as few after shutdown`,
    () => openSockets() <= before,
    lingeringMs,
  );
}

function expectNoFile(until: PassingTime['until'], before: number): Promise<void> {
  return until(
    `of ${before} open files before there did not remain as few after shutdown`,
    async () => (await openFiles()) <= before,
    lingeringMs,
  );
}

/** What this process has open. */
interface Open {
  readonly sockets: number;
  readonly files: number;
}

async function openNow(): Promise<Open> {
  return { sockets: openSockets(), files: await openFiles() };
}

/** Sockets and listeners that keep this process alive. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => /^(TCP|UDP|Pipe)/.test(resource)).length;
}

/** Descriptors that are no sockets and the like; none where the system does not list them. */
async function openFiles(): Promise<number> {
  const { fs } = systemRuntime();
  const names = await fs.readdir('/dev/fd').catch(() => []);
  const targets = await Promise.all(names.map((name) => fs.readlink(`/dev/fd/${name}`).catch(() => '')));
  const links = targets.filter((target) => target !== '');
  // Linux says of each what it is: `socket:[1]`, or the path of a file.
  return links.length > 0
    ? links.filter((target) => target.startsWith('/')).length
    : names.length - openSockets();
}
