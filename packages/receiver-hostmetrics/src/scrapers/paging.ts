import { pagingMetrics } from '../definitions.js';
import type { Host } from '../host/host.js';
import { createMetricSet } from '../metric-set.js';
import { numbersByKey } from '../parse/fields.js';
import { parseSwaps } from '../parse/swaps.js';
import { ratio } from '../ratio.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { part, type Scraper } from './scraper.js';

/** Swap space of /proc/swaps; pages in and out and page faults of /proc/vmstat. */
export function createPagingScraper(host: Host, settings: ScraperSettings['paging']): Scraper {
  const set = createMetricSet(pagingMetrics, settings.metrics);
  const {
    'system.paging.usage': usage,
    'system.paging.utilization': utilization,
    'system.paging.operations': operations,
    'system.paging.faults': faults,
  } = set.of;
  const swaps = host.reader.keep(`${host.paths.proc}/swaps`);
  const vmstat = host.reader.keep(`${host.paths.proc}/vmstat`);
  return {
    scrape(scrape) {
      part(scrape, [usage, utilization], () => {
        for (const { device, size, used } of parseSwaps(swaps.read())) {
          for (const [state, bytes] of [
            ['used', used],
            ['free', size - used],
          ] as const) {
            usage.record(bytes, [device, state]);
            utilization.record(ratio(bytes, size), [device, state]);
          }
        }
      });
      part(scrape, [operations, faults], () => {
        const counters = numbersByKey(vmstat.read());
        const of = (key: string): number => counters.get(key) ?? NaN;
        operations.record(of('pswpin'), ['page_in', 'major']);
        operations.record(of('pswpout'), ['page_out', 'major']);
        operations.record(of('pgpgin'), ['page_in', 'minor']);
        operations.record(of('pgpgout'), ['page_out', 'minor']);
        faults.record(of('pgmajfault'), ['major']);
        faults.record(of('pgfault') - of('pgmajfault'), ['minor']);
      });
      scrape.emit(set);
    },
  };
}
