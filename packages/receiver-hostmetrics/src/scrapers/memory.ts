import { memoryMetrics } from '../definitions.js';
import type { Host } from '../host/host.js';
import { createMetricSet } from '../metric-set.js';
import { ratio } from '../ratio.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { part, type Scraper } from './scraper.js';

/** Memory by state, of /proc/meminfo. */
export function createMemoryScraper(host: Host, settings: ScraperSettings['memory']): Scraper {
  const set = createMetricSet(memoryMetrics, settings.metrics);
  const all = Object.values(set.of);
  return {
    scrape(scrape) {
      part(scrape, all, () => {
        const memory = host.memory();
        const kib = (key: string): number => (memory.get(key) ?? NaN) * 1024;
        const total = kib('MemTotal');
        if (Number.isNaN(total)) throw new Error(`${host.paths.proc}/meminfo does not say MemTotal`);
        for (const [state, bytes] of Object.entries(statesOf(kib))) {
          set.of['system.memory.usage'].record(bytes, [state]);
          if (!Number.isNaN(bytes)) set.of['system.memory.utilization'].record(ratio(bytes, total), [state]);
        }
        set.of['system.memory.limit'].record(total);
        set.of['system.linux.memory.available'].record(kib('MemAvailable'));
        set.of['system.linux.memory.dirty'].record(kib('Dirty'));
        set.of['system.memory.linux.shared'].record(kib('Shmem'));
        set.of['system.memory.page_size'].record(host.kernel.pageSize);

        const pages = memory.get('HugePages_Total') ?? NaN;
        const free = memory.get('HugePages_Free') ?? NaN;
        set.of['system.memory.linux.hugepages.limit'].record(pages);
        set.of['system.memory.linux.hugepages.page_size'].record(kib('Hugepagesize'));
        set.of['system.memory.linux.hugepages.reserved'].record(memory.get('HugePages_Rsvd') ?? NaN);
        set.of['system.memory.linux.hugepages.surplus'].record(memory.get('HugePages_Surp') ?? NaN);
        for (const [state, value] of [
          ['free', free],
          ['used', pages - free],
        ] as const) {
          set.of['system.memory.linux.hugepages.usage'].record(value, [state]);
          // Without a pool there is no share of it.
          set.of['system.memory.linux.hugepages.utilization'].record(pages > 0 ? value / pages : NaN, [
            state,
          ]);
        }
      });
      scrape.emit(set);
    },
  };
}

/** Bytes by state. They overlap, and their sum is not the memory of the machine. */
function statesOf(kib: (key: string) => number): Readonly<Record<string, number>> {
  const available = kib('MemAvailable');
  const cached = kib('Cached') + (Number.isNaN(kib('SReclaimable')) ? 0 : kib('SReclaimable'));
  // Kernels before 3.14 do not say what is available.
  const used = Number.isNaN(available)
    ? kib('MemTotal') - kib('MemFree') - kib('Buffers') - cached
    : kib('MemTotal') - available;
  return {
    used: Math.max(0, used),
    free: kib('MemFree'),
    buffered: kib('Buffers'),
    cached,
    slab_reclaimable: kib('SReclaimable'),
    slab_unreclaimable: kib('SUnreclaim'),
  };
}
