import { processesMetrics } from '../definitions.js';
import type { Host } from '../host/host.js';
import { createMetricSet } from '../metric-set.js';
import { parsePidStat } from '../parse/pid.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { eachPid } from './pids.js';
import { part, type Scraper } from './scraper.js';

/** By the kernel's letter. */
const statuses: Readonly<Record<string, string>> = {
  D: 'blocked',
  U: 'blocked',
  I: 'idle',
  R: 'running',
  S: 'sleeping',
  T: 'stopped',
  t: 'stopped',
  Z: 'zombies',
  W: 'paging',
};

/** How many processes there are by state, and were created, of /proc/<pid>/stat and /proc/stat. */
export function createProcessesScraper(host: Host, settings: ScraperSettings['processes']): Scraper {
  const set = createMetricSet(processesMetrics, settings.metrics);
  const { 'system.processes.count': counts, 'system.processes.created': created } = set.of;
  return {
    async scrape(scrape) {
      const byStatus = new Map<string, number>();
      const add = (status: string): void => void byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
      if (counts.isOn) {
        await eachPid(host, scrape, (_, folder) => {
          try {
            const bytes = host.reader.readIfThere(`${folder}/stat`);
            add(statuses[(bytes && parsePidStat(bytes))?.state ?? ''] ?? 'unknown');
          } catch {
            add('unknown');
          }
        });
      }
      part(scrape, [counts, created], () => {
        const { running, blocked, created: total } = host.stat();
        created.record(total);
        // Of one moment, where the others are of the time that the scrape took.
        if (!Number.isNaN(running)) byStatus.set('running', running);
        if (!Number.isNaN(blocked)) byStatus.set('blocked', blocked);
      });
      for (const [status, processes] of byStatus) counts.record(processes, [status]);
      scrape.emit(set);
    },
  };
}
