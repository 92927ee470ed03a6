import { diskMetrics } from '../definitions.js';
import { createFilter } from '../filter.js';
import type { Host } from '../host/host.js';
import { createMetricSet } from '../metric-set.js';
import { parseDiskStats } from '../parse/diskstats.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { part, type Scraper } from './scraper.js';

/** As /proc/diskstats counts, whatever the disk has. */
const sectorBytes = 512;

/** Reads and writes of disks and partitions, of /proc/diskstats. */
export function createDiskScraper(host: Host, settings: ScraperSettings['disk']): Scraper {
  const set = createMetricSet(diskMetrics, settings.metrics);
  const all = Object.values(set.of);
  const passes = createFilter(settings.include, settings.exclude);
  const file = host.reader.keep(`${host.paths.proc}/diskstats`);
  return {
    scrape(scrape) {
      part(scrape, all, () => {
        for (const disk of parseDiskStats(file.read())) {
          if (!passes(disk.device)) continue;
          const own = [disk.device];
          const read = [disk.device, 'read'];
          const write = [disk.device, 'write'];
          set.of['system.disk.io'].record(disk.sectorsRead * sectorBytes, read);
          set.of['system.disk.io'].record(disk.sectorsWritten * sectorBytes, write);
          set.of['system.disk.operations'].record(disk.reads, read);
          set.of['system.disk.operations'].record(disk.writes, write);
          set.of['system.disk.operation_time'].record(disk.readMs / 1000, read);
          set.of['system.disk.operation_time'].record(disk.writeMs / 1000, write);
          set.of['system.disk.merged'].record(disk.readsMerged, read);
          set.of['system.disk.merged'].record(disk.writesMerged, write);
          set.of['system.disk.io_time'].record(disk.busyMs / 1000, own);
          set.of['system.disk.weighted_io_time'].record(disk.weightedMs / 1000, own);
          set.of['system.disk.pending_operations'].record(disk.pending, own);
        }
      });
      scrape.emit(set);
    },
  };
}
