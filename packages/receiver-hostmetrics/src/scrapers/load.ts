import { loadMetrics } from '../definitions.js';
import type { Host } from '../host/host.js';
import { createMetricSet } from '../metric-set.js';
import { parseLoad } from '../parse/load.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { part, type Scraper } from './scraper.js';

/** Mean load, of /proc/loadavg. */
export function createLoadScraper(host: Host, settings: ScraperSettings['load']): Scraper {
  const set = createMetricSet(loadMetrics, settings.metrics);
  const file = host.reader.keep(`${host.paths.proc}/loadavg`);
  return {
    scrape(scrape) {
      part(scrape, Object.values(set.of), () => {
        const load = parseLoad(file.read());
        if (load === undefined) throw new Error(`${host.paths.proc}/loadavg cannot be read as three numbers`);
        const cpus = settings.cpu_average ? Math.max(1, host.stat().cpus.length) : 1;
        set.of['system.cpu.load_average.1m'].record(load[0] / cpus);
        set.of['system.cpu.load_average.5m'].record(load[1] / cpus);
        set.of['system.cpu.load_average.15m'].record(load[2] / cpus);
      });
      scrape.emit(set);
    },
  };
}
