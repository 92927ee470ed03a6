import type { Clock } from '@tributary/component';
import type { HttpReply } from '@tributary/transport';
import type { ResponseBodyConfig } from './config.js';
import { goDuration } from './go-duration.js';
import { json, text } from './http-path.js';

/** Whether the collector runs: the answer of version 1. */
export interface Availability {
  set(isReady: boolean): void;
  reply(): HttpReply;
}

/** @param bodies in place of the JSON */
export function createAvailability(
  clock: Clock,
  bodies: Required<ResponseBodyConfig> | undefined,
): Availability {
  let ready: { readonly at: number; readonly since: number } | undefined;

  return {
    set(isReady) {
      ready = isReady ? { at: clock.now(), since: clock.monotonic() } : undefined;
    },
    reply() {
      const status = ready === undefined ? 503 : 200;
      if (bodies !== undefined) return text(status, (ready ? bodies.healthy : bodies.unhealthy) ?? '');
      return json(
        status,
        ready === undefined
          ? // What Go makes of a time that is none.
            { status: 'Server not available', upSince: '0001-01-01T00:00:00Z', uptime: '' }
          : {
              status: 'Server available',
              upSince: new Date(ready.at).toISOString(),
              uptime: goDuration(clock.monotonic() - ready.since),
            },
      );
    },
  };
}
