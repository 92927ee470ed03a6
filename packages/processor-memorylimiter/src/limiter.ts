import { memoryInReach, type Component, type Host, type Settings, type Timer } from '@tributary/component';
import { Arrivals } from './arrivals.js';
import { createBackOff } from './back-off.js';
import type { Completed } from './config.js';
import { Drain, minHintMs } from './drain.js';
import { createGauge, type Reading } from './gauge.js';
import type { Machine } from './machine.js';

/** Watches the memory of the process, for all processors of one object. */
export interface Limiter extends Component {
  /** What to tell callers, undefined while it refuses nothing. */
  readonly refusal: Refusal | undefined;
  /** Asked before a request is read; it counts from then on. `bytes` is its size, where that is known. */
  admit(bytes: number | undefined): Refusal | undefined;
  /** Asked before `bytes` are let in, which count from then on. */
  enter(bytes: number): Refusal | undefined;
  /** Counts `bytes` as in use until `outcome` settles, and is as `outcome`. */
  hold(bytes: number, outcome: Promise<void>): Promise<void>;
}

/** When to come again. */
export interface Refusal {
  readonly retryAfterMs: number;
}

const mib = 1024 * 1024;
/** Less than this part freed is not worth the time of a collection. */
const worthwhile = 0.05;
/** While it refuses it looks more often, so that it ends soon. */
const refusingCheckMs = 250;
/** Memory is read again after this part of the spike has come in: it takes microseconds. */
const spikePerLook = 1 / 16;
/** Forced collections take at most so much of the time. */
const collectingShare = 0.2;
/** Less room than this above the idle process is hardly a request of each of some clients. */
const leastRoomBytes = 64 * mib;

/** There are limits for all that was let in, and no room beside that. */
const fullForNow: Refusal = { retryAfterMs: minHintMs };

interface Limits {
  readonly hardBytes: number;
  readonly softBytes: number;
  /** Of which they are a part; undefined where they are not. */
  readonly totalBytes?: number | undefined;
}

const noLimits: Limits = { hardBytes: Infinity, softBytes: Infinity };

/** Refuses nothing before `start` and after `shutdown`. @internal */
export function createLimiter(settings: Settings<Completed>, machine: Machine): Limiter {
  const { config, clock, logger } = settings;
  const softBackOff = createBackOff(
    { minMs: config.min_gc_interval_when_soft_limited, maxMs: config.max_gc_interval_when_soft_limited },
    config.check_interval,
  );
  const hardBackOff = createBackOff(
    { minMs: config.min_gc_interval_when_hard_limited, maxMs: config.max_gc_interval_when_hard_limited },
    config.check_interval,
  );
  const drain = new Drain();
  const arrivals = new Arrivals();
  let host: Host | undefined;
  let limits = noLimits;
  let read: () => Reading = () => ({ usedBytes: 0, rssBytes: 0 });
  let timer: Timer | undefined;
  let refusal: Refusal | undefined;
  let previousBytes = 0;
  let idleBytes = 0;
  /** Let in since memory was read. */
  let enteredBytes = 0;
  /** Let in by callers who wait for the outcome. */
  let waitedForBytes = 0;
  /** When memory was known to hold no garbage: what was used, and what components held. */
  let clean = { usedBytes: Infinity, heldBytes: 0 };
  let lastCollection = { atMs: 0, tookMs: 0 };
  /** A resident size that a collection has shown to be mostly free memory. */
  let explainedRssBytes = 0;

  const spikeBytes = (): number => limits.hardBytes - limits.softBytes;
  /** Components report what they accepted; a caller who waits answers for his part himself. */
  const heldBytes = (): number => Math.max(host?.heldBytes() ?? 0, waitedForBytes);
  const isAboveGuard = ({ rssBytes }: Reading): boolean =>
    rssBytes >= Math.max(limits.hardBytes, explainedRssBytes + spikeBytes()) &&
    machine.collectGarbage() !== undefined;
  const isAbove = (now: Reading): boolean => now.usedBytes >= limits.softBytes || isAboveGuard(now);

  /**
   * What would be used after a collection. What components hold more is in use; where they hold less, all
   * that is used beyond the idle process has become less with it, since what is being sent is there twice
   * and more.
   */
  function expectedBytes(): number {
    const held = heldBytes();
    if (held >= clean.heldBytes) return clean.usedBytes + held - clean.heldBytes;
    return idleBytes + ((clean.usedBytes - idleBytes) * held) / clean.heldBytes;
  }

  function resetBackOffs(): void {
    softBackOff.reset();
    hardBackOff.reset();
  }

  function check(): void {
    enteredBytes = 0;
    let now = read();
    if (now.usedBytes <= (1 - worthwhile) * previousBytes) resetBackOffs();
    if (now.usedBytes < expectedBytes()) clean = { usedBytes: now.usedBytes, heldBytes: heldBytes() };
    if (now.rssBytes < limits.hardBytes) explainedRssBytes = 0;
    if (isAbove(now)) now = collect(now);
    else resetBackOffs();
    previousBytes = now.usedBytes;
    if (isAbove(now)) refuse(now);
    else resume(now);
  }

  /** Whether one more request may come beside those on their way: one always may. */
  function hasRoom(bytes: number | undefined): boolean {
    const onTheirWay = arrivals.bytes(clock.monotonic());
    if (onTheirWay === 0) return true;
    return previousBytes + enteredBytes + onTheirWay + arrivals.cost(bytes) < limits.hardBytes;
  }

  /** Forces a collection if it is time for one. Returns what is used now. */
  function collect(before: Reading): Reading {
    const collectGarbage = machine.collectGarbage();
    const isHard = before.usedBytes >= limits.hardBytes || isAboveGuard(before);
    const startMs = clock.monotonic();
    if (collectGarbage === undefined || !isTimeToCollect(isHard, startMs)) return before;
    if (isHard) logger.warn('Memory usage is above hard limit. Forcing a GC.', inMib(before));
    else logger.info('Memory usage is above soft limit. Forcing a GC.', inMib(before));
    collectGarbage();
    const now = read();
    const atMs = clock.monotonic();
    lastCollection = { atMs, tookMs: atMs - startMs };
    clean = { usedBytes: now.usedBytes, heldBytes: heldBytes() };
    if (now.usedBytes < limits.softBytes) explainedRssBytes = now.rssBytes;
    logger.info('Memory usage after GC.', inMib(now));
    if (now.usedBytes < limits.softBytes || now.usedBytes <= (1 - worthwhile) * before.usedBytes) {
      resetBackOffs();
      return now;
    }
    softBackOff.grow();
    hardBackOff.grow();
    logger.warn(
      'Forced GC did not reclaim enough memory. Will back off GC frequency to preserve CPU for recovery.',
      inMib(now),
    );
    return now;
  }

  /**
   * The intervals are for collections that may be in vain. Where components hold so much less than at the
   * last one that memory would be in the limits again, to wait would be to refuse for nothing.
   */
  function isTimeToCollect(isHard: boolean, nowMs: number): boolean {
    const sinceMs = nowMs - lastCollection.atMs;
    if (sinceMs < lastCollection.tookMs * (1 / collectingShare - 1)) return false;
    if (sinceMs > (isHard ? hardBackOff : softBackOff).ms) return true;
    return expectedBytes() <= limits.softBytes - spikeBytes() / 4;
  }

  function refuse(now: Reading): void {
    drain.sample(heldBytes(), clock.monotonic());
    const isNew = refusal === undefined;
    refusal = {
      retryAfterMs: drain.hintMs(Math.max(0, now.usedBytes - limits.softBytes) + spikeBytes() / 4),
    };
    if (!isNew) return;
    const message = 'Memory usage is above soft limit. Refusing data.';
    logger.warn(message, inMib(now));
    host?.report({ status: 'recoverable_error', error: new Error(message) });
    checkLater();
  }

  function resume(now: Reading): void {
    if (refusal === undefined) return;
    refusal = undefined;
    drain.reset();
    logger.info('Memory usage back within limits. Resuming normal operation.', inMib(now));
    host?.report({ status: 'ok' });
    checkLater();
  }

  function checkLater(): void {
    timer?.stop();
    const { check_interval: intervalMs } = config;
    timer = clock.every(refusal === undefined ? intervalMs : Math.min(intervalMs, refusingCheckMs), check);
  }

  async function limitsInBytes(): Promise<Limits> {
    const { limit_mib: limitMib, limit_percentage: percentage } = config;
    if (limitMib > 0) return limitsOf(limitMib * mib, config.spike_limit_mib * mib);
    const totalBytes = await memoryInReach(machine.totalBytes(), settings.fs);
    return limitsOf(
      Math.floor((totalBytes * percentage) / 100),
      Math.floor((totalBytes * config.spike_limit_percentage) / 100),
      totalBytes,
    );
  }

  return {
    get refusal() {
      return refusal;
    },

    admit(bytes) {
      if (refusal !== undefined) return refusal;
      // Memory may have become free since it was read.
      if (!hasRoom(bytes)) check();
      if (refusal !== undefined) return refusal;
      if (!hasRoom(bytes)) return fullForNow;
      arrivals.expect(bytes, clock.monotonic());
      return undefined;
    },

    enter(bytes) {
      const wasAdmitted = arrivals.arrived(bytes);
      enteredBytes += bytes;
      if (refusal === undefined && enteredBytes >= spikeBytes() * spikePerLook) check();
      if (refusal === undefined) return undefined;
      // There was room for it when it was admitted, up to the hard limit; its body has been paid for.
      return wasAdmitted && previousBytes + enteredBytes < limits.hardBytes ? undefined : refusal;
    },

    async hold(bytes, outcome) {
      waitedForBytes += bytes;
      try {
        await outcome;
      } finally {
        waitedForBytes -= bytes;
      }
    },

    async start(given) {
      host = given;
      const { hardBytes, softBytes, totalBytes } = await limitsInBytes();
      if (totalBytes !== undefined) {
        logger.info('Using percentage memory limiter', {
          total_memory_mib: Math.floor(totalBytes / mib),
          limit_percentage: config.limit_percentage,
          spike_limit_percentage: config.spike_limit_percentage,
        });
      }
      read = createGauge(machine);
      previousBytes = idleBytes = read().usedBytes;
      clean = { usedBytes: idleBytes, heldBytes: heldBytes() };
      lastCollection = { atMs: clock.monotonic(), tookMs: 0 };
      limits = { hardBytes, softBytes };
      logger.info('Memory limiter configured', {
        limit_mib: Math.floor(hardBytes / mib),
        spike_limit_mib: Math.floor(spikeBytes() / mib),
        check_interval: config.check_interval / 1000,
        idle_mem_mib: Math.ceil(idleBytes / mib),
      });
      if (hardBytes < idleBytes + leastRoomBytes) {
        logger.warn('The memory limit leaves less than 64 MiB above what the idle process uses.', {
          limit_mib: Math.floor(hardBytes / mib),
          idle_mem_mib: Math.ceil(idleBytes / mib),
        });
      }
      checkLater();
    },

    shutdown() {
      timer?.stop();
      limits = noLimits;
      refusal = undefined;
    },

    memoryLimit: async () => (await limitsInBytes()).hardBytes,
  };
}

function limitsOf(hardBytes: number, spikeBytes: number, totalBytes?: number): Limits {
  const softBytes = hardBytes - (spikeBytes > 0 ? spikeBytes : Math.floor(hardBytes / 5));
  return { hardBytes, softBytes, totalBytes };
}

function inMib({ usedBytes, rssBytes }: Reading): { readonly cur_mem_mib: number; readonly rss_mib: number } {
  return { cur_mem_mib: Math.floor(usedBytes / mib), rss_mib: Math.floor(rssBytes / mib) };
}
