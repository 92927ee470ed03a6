import type { Runtime, Timer } from '@tributary/component';
import { tellChanges } from './changes.js';
import type { DnsResolverSettings } from './config.js';
import { createDnsLookup } from './dns-lookup.js';
import type { Resolver } from './resolver.js';

/**
 * Agents ask within this share of the interval. A trace that begins while one agent has learned of a change and another
 * has not is split, so they should learn of it together, and yet not all ask at the same instant. A change within the
 * share reaches some agents an interval before others, in whatever turns they take it up: what is split in the mean is
 * what begins in as much time as the share is. A thousand agents are ten questions a millisecond.
 */
const momentShare = 0.02;

/** Looks a name up at the start and then in every interval of the wall clock, one lookup at a time. */
export function createDnsResolver(config: DnsResolverSettings, runtime: Runtime): Resolver {
  const { clock } = runtime;
  const momentMs = runtime.random() * momentShare * config.interval;
  const lookup = createDnsLookup(config, runtime);
  let timer: Timer | undefined;
  let isStopped = false;

  /** The backends, unless it takes too long. */
  async function backends(): Promise<readonly string[]> {
    let deadline: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      deadline = clock.after(config.timeout, () =>
        reject(new Error(`no answer within ${config.timeout} ms`)),
      );
    });
    try {
      return await Promise.race([lookup.backends(), late]);
    } finally {
      deadline?.stop();
      lookup.cancel();
    }
  }

  /** Until this agent's moment in the next interval of the wall clock. */
  function pauseMs(): number {
    const passed = (clock.now() - momentMs) % config.interval;
    return config.interval - (passed < 0 ? passed + config.interval : passed);
  }

  return {
    name: 'dns',
    async start(onChange, onFailure, onAnswer) {
      const tell = tellChanges(onChange);
      const resolve = async (): Promise<void> => {
        try {
          const found = await backends();
          if (isStopped) return;
          onAnswer();
          tell(found);
        } catch (error) {
          if (!isStopped) onFailure(failureOf(config, error));
        }
        // Set when the last has ended: lookups do not overlap.
        if (!isStopped) timer = clock.after(pauseMs(), () => void resolve());
      };
      if (!isStopped) await resolve();
    },
    stop() {
      isStopped = true;
      timer?.stop();
      lookup.cancel();
    },
  };
}

function failureOf({ hostname }: DnsResolverSettings, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`failed to look up ${hostname}: ${why}`, { cause });
}
