import {
  defineReceiver,
  type Component,
  type ReceiverFactory,
  type ReceiverSettings,
} from '@tributary/component';
import { schema, type HostMetricsReceiverConfig, type HostMetricsReceiverSettings } from './config.js';
import { createController } from './controller.js';
import { createHost, type Host } from './host/host.js';
import { checkHost } from './host/check.js';
import { realHost, type HostSystem } from './host/system.js';
import { createHostEvents } from './host-events.js';
import type { ScraperSettings, ScraperType } from './scraper-schema.js';
import { createCpuScraper } from './scrapers/cpu.js';
import { createDiskScraper } from './scrapers/disk.js';
import { createFilesystemScraper, type FilesystemRuntime } from './scrapers/filesystem.js';
import { createLoadScraper } from './scrapers/load.js';
import { createMemoryScraper } from './scrapers/memory.js';
import { createNetworkScraper } from './scrapers/network.js';
import { createPagingScraper } from './scrapers/paging.js';
import { createProcessScraper } from './scrapers/process.js';
import { createProcessesScraper } from './scrapers/processes.js';
import type { Scraper } from './scrapers/scraper.js';
import { createSystemScraper } from './scrapers/system.js';

type Create<K extends ScraperType> = (
  host: Host,
  settings: ScraperSettings[K],
  runtime: FilesystemRuntime,
) => Scraper;

const creators: { readonly [K in ScraperType]: Create<K> } = {
  cpu: createCpuScraper,
  disk: createDiskScraper,
  filesystem: createFilesystemScraper,
  load: createLoadScraper,
  memory: createMemoryScraper,
  network: createNetworkScraper,
  paging: createPagingScraper,
  process: createProcessScraper,
  processes: createProcessesScraper,
  system: createSystemScraper,
};

function createMetricsPart(
  settings: ReceiverSettings<HostMetricsReceiverSettings, 'metrics'>,
  system: HostSystem,
): Component {
  const { config, fs, logger } = settings;
  let state: 'new' | 'started' | 'closed' = 'new';
  let controller: Component | undefined;

  function create<K extends ScraperType>(host: Host, name: K): readonly [string, Scraper] {
    return [name, creators[name](host, config.scrapers[name]!, settings)];
  }

  // A function, since the state may change while the start waits.
  const isClosed = (): boolean => state === 'closed';

  return {
    async start(component) {
      if (state !== 'new') throw new Error('a host_metrics receiver starts once');
      state = 'started';
      const names = (Object.keys(creators) as ScraperType[]).filter(
        (name) => config.scrapers[name] !== undefined,
      );
      await checkHost({ system, rootPath: config.root_path, scrapers: names, fs, logger });
      if (isClosed()) return;
      const host = createHost(system, config.root_path);
      controller = createController(
        settings,
        host,
        names.map((name) => create(host, name)),
      );
      await controller.start?.(component);
    },
    async shutdown(grace) {
      state = 'closed';
      await controller?.shutdown?.(grace);
    },
  };
}

/** A {@link hostMetricsReceiver} of another host than that of this process: a folder with files of a test, say. */
export function createHostMetricsReceiver(system: HostSystem): typeof hostMetricsReceiver {
  return defineReceiver({
    type: 'host_metrics',
    aliases: ['hostmetrics'],
    config: schema,
    metrics: (settings) => createMetricsPart(settings, system),
    logs: (settings) => createHostEvents(settings),
  });
}

/**
 * Measures the host at an interval, by scrapers that read /proc, /sys and the table of mounts. Linux only: on
 * another platform the start fails with the names of the scrapers. In a pipeline of logs it says, at another
 * interval, that the host is there.
 */
export const hostMetricsReceiver: ReceiverFactory<HostMetricsReceiverConfig, 'metrics' | 'logs'> =
  createHostMetricsReceiver(realHost);
