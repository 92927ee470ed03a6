import type { Component, Host, Settings, Timer } from '@tributary/component';
import { createBackOff } from './back-off.js';
import type { Completed } from './config.js';
import { memoryInReach, type Machine } from './machine.js';

/** Watches the memory of the process, for all processors of one object. */
export interface Limiter extends Component {
  readonly isRefusing: boolean;
}

const mib = 1024 * 1024;
/** Less than this part freed is not worth the time of a collection. */
const worthwhile = 0.05;

interface Limits {
  readonly hardBytes: number;
  readonly softBytes: number;
}

/** Refuses nothing before `start`. @internal */
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
  const report = (status: Parameters<Host['report']>[0]): void => host?.report(status);
  let host: Host | undefined;
  let timer: Timer | undefined;
  let isRefusing = false;
  let previousBytes = 0;
  let lastCollectionMs = 0;

  function resetBackOffs(): void {
    softBackOff.reset();
    hardBackOff.reset();
  }

  function check({ hardBytes, softBytes }: Limits): void {
    let usedBytes = machine.usedBytes();
    if (usedBytes <= (1 - worthwhile) * previousBytes) resetBackOffs();
    if (usedBytes >= softBytes) usedBytes = collect(usedBytes, { hardBytes, softBytes });
    else resetBackOffs();
    previousBytes = usedBytes;
    if (usedBytes >= softBytes) refuse(usedBytes);
    else resume(usedBytes);
  }

  /** Forces a collection if it is time for one. Returns what is used now. */
  function collect(usedBytes: number, { hardBytes, softBytes }: Limits): number {
    const collectGarbage = machine.collectGarbage();
    const isHard = usedBytes >= hardBytes;
    const backOff = isHard ? hardBackOff : softBackOff;
    if (collectGarbage === undefined || clock.monotonic() - lastCollectionMs <= backOff.ms) return usedBytes;
    if (isHard) logger.warn('Memory usage is above hard limit. Forcing a GC.', inMib(usedBytes));
    else logger.info('Memory usage is above soft limit. Forcing a GC.', inMib(usedBytes));
    collectGarbage();
    lastCollectionMs = clock.monotonic();
    const leftBytes = machine.usedBytes();
    logger.info('Memory usage after GC.', inMib(leftBytes));
    if (leftBytes < softBytes || leftBytes <= (1 - worthwhile) * usedBytes) {
      resetBackOffs();
      return leftBytes;
    }
    softBackOff.grow();
    hardBackOff.grow();
    logger.warn(
      'Forced GC did not reclaim enough memory. Will back off GC frequency to preserve CPU for recovery.',
      inMib(leftBytes),
    );
    return leftBytes;
  }

  function refuse(usedBytes: number): void {
    if (isRefusing) return;
    isRefusing = true;
    const message = 'Memory usage is above soft limit. Refusing data.';
    logger.warn(message, inMib(usedBytes));
    report({ status: 'recoverable_error', error: new Error(message) });
  }

  function resume(usedBytes: number): void {
    if (!isRefusing) return;
    isRefusing = false;
    logger.info('Memory usage back within limits. Resuming normal operation.', inMib(usedBytes));
    report({ status: 'ok' });
  }

  async function limitsInBytes(): Promise<Limits> {
    const { limit_mib: limitMib, limit_percentage: percentage } = config;
    if (limitMib > 0) return limitsOf(limitMib * mib, config.spike_limit_mib * mib);
    const totalBytes = await memoryInReach(machine, settings.fs);
    const spikePercentage = config.spike_limit_percentage;
    logger.info('Using percentage memory limiter', {
      total_memory_mib: Math.floor(totalBytes / mib),
      limit_percentage: percentage,
      spike_limit_percentage: spikePercentage,
    });
    return limitsOf(
      Math.floor((totalBytes * percentage) / 100),
      Math.floor((totalBytes * spikePercentage) / 100),
    );
  }

  return {
    get isRefusing() {
      return isRefusing;
    },

    async start(given) {
      host = given;
      const limits = await limitsInBytes();
      logger.info('Memory limiter configured', {
        limit_mib: Math.floor(limits.hardBytes / mib),
        spike_limit_mib: Math.floor((limits.hardBytes - limits.softBytes) / mib),
        check_interval: config.check_interval / 1000,
        can_force_gc: machine.collectGarbage() !== undefined,
      });
      lastCollectionMs = clock.monotonic();
      timer = clock.every(config.check_interval, () => check(limits));
    },

    shutdown() {
      timer?.stop();
    },
  };
}

function limitsOf(hardBytes: number, spikeBytes: number): Limits {
  return { hardBytes, softBytes: hardBytes - (spikeBytes > 0 ? spikeBytes : Math.floor(hardBytes / 5)) };
}

function inMib(bytes: number): { readonly cur_mem_mib: number } {
  return { cur_mem_mib: Math.floor(bytes / mib) };
}
