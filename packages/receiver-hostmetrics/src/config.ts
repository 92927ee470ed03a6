import { duration, type Duration } from '@tributary/component';
import { z } from 'zod';
import { scraperShape, type ScraperSettings } from './scraper-schema.js';
import type {
  CpuScraperConfig,
  DiskScraperConfig,
  FilesystemScraperConfig,
  LoadScraperConfig,
  MemoryScraperConfig,
  NetworkScraperConfig,
  PagingScraperConfig,
  ProcessesScraperConfig,
  ProcessScraperConfig,
  SystemScraperConfig,
} from './scraper-config.js';

/** What a program writes for {@link hostMetricsReceiver}. */
export interface HostMetricsReceiverConfig {
  /** Time between scrapes. Default `'1m'`. */
  readonly collection_interval?: Duration | undefined;
  /** Time from the start to the first scrape. Default `'1s'`. */
  readonly initial_delay?: Duration | undefined;
  /**
   * Longest time of a scrape: scrapers that have not had their turn by then are left out of it. `'0s'` is no limit.
   * Default `'0s'`.
   */
  readonly timeout?: Duration | undefined;
  /**
   * The root of the host as this process sees it, such as `/hostfs`; `HOST_PROC`, `HOST_SYS`, `HOST_ETC` and
   * `HOST_DEV` of the environment go before it. Linux only. Default `''`: its own.
   */
  readonly root_path?: string | undefined;
  /** In a pipeline of logs: time between two events that say that the host is there; `'0s'` is never. Default `'5m'`. */
  readonly metadata_collection_interval?: Duration | undefined;
  /** What is measured: at least one. */
  readonly scrapers: ScrapersConfig;
}

/** A scraper is on where its key stands here, with nothing behind it too. */
export interface ScrapersConfig {
  /** Times and shares of the CPUs. Default none: off. */
  readonly cpu?: CpuScraperConfig | null | undefined;
  /** Reads and writes of disks and partitions. Default none: off. */
  readonly disk?: DiskScraperConfig | null | undefined;
  /** Space of file systems. Default none: off. */
  readonly filesystem?: FilesystemScraperConfig | null | undefined;
  /** Mean load. Default none: off. */
  readonly load?: LoadScraperConfig | null | undefined;
  /** Memory by state. Default none: off. */
  readonly memory?: MemoryScraperConfig | null | undefined;
  /** Interfaces and connections. Default none: off. */
  readonly network?: NetworkScraperConfig | null | undefined;
  /** Swap space and page faults. Default none: off. */
  readonly paging?: PagingScraperConfig | null | undefined;
  /** Each process by itself. Default none: off. */
  readonly process?: ProcessScraperConfig | null | undefined;
  /** How many processes there are, by state. Default none: off. */
  readonly processes?: ProcessesScraperConfig | null | undefined;
  /** How long the machine runs. Default none: off. */
  readonly system?: SystemScraperConfig | null | undefined;
}

/** {@link HostMetricsReceiverConfig} completed; times in milliseconds. */
export interface HostMetricsReceiverSettings {
  readonly collection_interval: number;
  readonly initial_delay: number;
  readonly timeout: number;
  readonly root_path: string;
  readonly metadata_collection_interval: number;
  readonly scrapers: { readonly [K in keyof ScraperSettings]?: ScraperSettings[K] | undefined };
}

const none = 'must specify at least one scraper when using hostmetrics receiver';

/** The schema of {@link HostMetricsReceiverConfig}, with the Collector's messages. */
export const schema: z.ZodType<HostMetricsReceiverSettings, HostMetricsReceiverConfig> = z.strictObject({
  collection_interval: duration()
    .prefault('1m')
    .refine((ms) => ms > 0, { error: 'requires positive value' }),
  initial_delay: duration().prefault('1s'),
  timeout: duration().prefault('0s'),
  root_path: z.string().default(''),
  metadata_collection_interval: duration().prefault('5m'),
  scrapers: z
    .strictObject(scraperShape, {
      error: ({ input }) => (input === undefined || input === null ? none : undefined),
    })
    .superRefine((scrapers, context) => {
      if (Object.values(scrapers).every((scraper) => scraper === undefined)) {
        context.addIssue({ code: 'custom', message: none });
      }
    }),
}) as never;
