import { systemMetrics } from '../definitions.js';
import type { Host } from '../host/host.js';
import { createMetricSet } from '../metric-set.js';
import { parseUptime } from '../parse/load.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { part, type Scraper } from './scraper.js';

/** How long the machine runs, of /proc/uptime. */
export function createSystemScraper(host: Host, settings: ScraperSettings['system']): Scraper {
  const set = createMetricSet(systemMetrics, settings.metrics);
  const uptime = set.of['system.uptime'];
  const file = host.reader.keep(`${host.paths.proc}/uptime`);
  return {
    scrape(scrape) {
      part(scrape, [uptime], () => {
        const seconds = parseUptime(file.read());
        if (Number.isNaN(seconds)) throw new Error(`${host.paths.proc}/uptime cannot be read as a number`);
        uptime.record(seconds);
      });
      scrape.emit(set);
    },
  };
}
