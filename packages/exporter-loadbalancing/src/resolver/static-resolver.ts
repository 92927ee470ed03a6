import { tellChanges } from './changes.js';
import type { StaticResolverSettings } from './config.js';
import type { Resolver } from './resolver.js';

/** Tells its list once. */
export function createStaticResolver({ hostnames }: StaticResolverSettings): Resolver {
  let isStopped = false;
  return {
    name: 'static',
    async start(onChange, _, onAnswer) {
      if (isStopped) return;
      onAnswer();
      tellChanges(onChange)(hostnames);
    },
    stop() {
      isStopped = true;
    },
  };
}
