import { duration, notOffered, optionalSection } from '@tributary/component';
import { pattern } from '@tributary/patterns';
import { z } from 'zod';
import { aggregationStrategies } from './aggregate.js';
import {
  cpuMetrics,
  diskMetrics,
  filesystemMetrics,
  loadMetrics,
  memoryMetrics,
  networkMetrics,
  pagingMetrics,
  processesMetrics,
  processMetrics,
  systemMetrics,
  type CpuMetric,
  type DiskMetric,
  type FilesystemMetric,
  type LoadMetric,
  type MemoryMetric,
  type NetworkMetric,
  type PagingMetric,
  type ProcessesMetric,
  type ProcessMetric,
  type SystemMetric,
} from './definitions.js';
import type { Side } from './filter.js';
import type { Definitions } from './metric-definition.js';
import type { MetricSettings } from './metric-set.js';
import { processAttributes } from './process-attributes.js';
import type { AttributeSwitches } from './scraper-config.js';

/** What the configuration says of each scraper, completed; times in milliseconds. */
export interface ScraperSettings {
  readonly cpu: Of<CpuMetric>;
  readonly disk: Of<DiskMetric> & Sides;
  readonly filesystem: Of<FilesystemMetric> & {
    readonly include_virtual_filesystems: boolean;
    readonly include_devices?: Side | undefined;
    readonly exclude_devices?: Side | undefined;
    readonly include_fs_types?: Side | undefined;
    readonly exclude_fs_types?: Side | undefined;
    readonly include_mount_points?: Side | undefined;
    readonly exclude_mount_points?: Side | undefined;
  };
  readonly load: Of<LoadMetric> & { readonly cpu_average: boolean };
  readonly memory: Of<MemoryMetric>;
  readonly network: Of<NetworkMetric> & Sides & { readonly connections_interval: number };
  readonly paging: Of<PagingMetric>;
  readonly process: Of<ProcessMetric> &
    Sides & {
      readonly resource_attributes: AttributeSwitches;
      readonly mute_process_all_errors: boolean;
      readonly mute_process_name_error: boolean;
      readonly mute_process_exe_error: boolean;
      readonly mute_process_io_error: boolean;
      readonly mute_process_user_error: boolean;
      readonly mute_process_cgroup_error: boolean;
      readonly scrape_process_delay: number;
      readonly disk_io: 'calls' | 'storage';
    };
  readonly processes: Of<ProcessesMetric>;
  readonly system: Of<SystemMetric>;
}

/** The names of the scrapers. */
export type ScraperType = keyof ScraperSettings;

interface Of<K extends string> {
  readonly metrics: Readonly<Partial<Record<K, MetricSettings | undefined>>>;
}

interface Sides {
  readonly include?: Side | undefined;
  readonly exclude?: Side | undefined;
}

const cache = z
  .strictObject({ cacheenabled: z.boolean().default(false), cachemaxnumentries: z.int().min(0).default(0) })
  .optional();

const matchType = z.enum(['strict', 'regexp'], {
  error: ({ input }) =>
    `unrecognized match_type: '${typeof input === 'string' ? input : ''}', valid types are: [regexp strict]`,
});

/** What stands in a filter beside the list of names. */
interface Match {
  readonly match_type: Side['match_type'];
  readonly regexp?: { readonly cacheenabled: boolean; readonly cachemaxnumentries: number } | undefined;
}

function filter(list: string): z.ZodType<Side | undefined> {
  const shape = { [list]: z.array(z.string()).min(1), match_type: matchType, regexp: cache };
  const namesIn = (config: object): readonly string[] => (config as Record<string, readonly string[]>)[list]!;
  return z
    .strictObject(shape)
    .superRefine((config, context) => {
      if (config.match_type !== 'regexp') return;
      namesIn(config).forEach((text, index) => {
        for (const { message } of pattern().safeParse(text).error?.issues ?? []) {
          context.addIssue({ code: 'custom', path: [list, index], message });
        }
      });
    })
    .transform((config): Side => {
      const { match_type, regexp } = config as object as Match;
      const cacheSize = regexp?.cacheenabled === true ? regexp.cachemaxnumentries : 0;
      return { names: namesIn(config), match_type, cacheSize };
    })
    .optional();
}

function metrics<K extends string>(definitions: Definitions<K>): z.ZodType<Of<K>['metrics']> {
  const names = Object.keys(definitions) as K[];
  const shape = Object.fromEntries(names.map((name) => [name, metric(name, definitions[name].attributes)]));
  // Lazily, as a map of metrics rather than a section of its own with hundreds of keys.
  return z.lazy(() => z.strictObject(shape)).prefault({}) as never;
}

function metric(name: string, attributes: readonly string[]): z.ZodType {
  const attribute = z.enum(attributes as [string, ...string[]], {
    error: ({ input }) =>
      `metric ${name} doesn't have an attribute ${String(input)}, valid attributes: [${attributes.join(', ')}]`,
  });
  return z
    .strictObject({
      enabled: z.boolean().optional(),
      attributes: z.array(attribute).optional(),
      aggregation_strategy: z.enum(aggregationStrategies).optional(),
    })
    .optional();
}

const valuePattern = z
  .strictObject({ strict: z.string().optional(), regexp: pattern().optional() })
  .refine(({ strict, regexp }) => (strict === undefined) !== (regexp === undefined), {
    error: 'must be either strict or regexp',
  });

const attributeSwitch = z.strictObject({
  enabled: z.boolean().optional(),
  metrics_include: z.array(valuePattern).optional(),
  metrics_exclude: z.array(valuePattern).optional(),
});

const off = z.boolean().default(false);

const shapes: { readonly [K in ScraperType]: z.ZodType } = {
  cpu: z.strictObject({ metrics: metrics(cpuMetrics) }),
  memory: z.strictObject({ metrics: metrics(memoryMetrics) }),
  disk: z.strictObject({
    metrics: metrics(diskMetrics),
    include: filter('devices'),
    exclude: filter('devices'),
  }),
  filesystem: z.strictObject({
    metrics: metrics(filesystemMetrics),
    include_virtual_filesystems: off,
    include_devices: filter('devices'),
    exclude_devices: filter('devices'),
    include_fs_types: filter('fs_types'),
    exclude_fs_types: filter('fs_types'),
    include_mount_points: filter('mount_points'),
    exclude_mount_points: filter('mount_points'),
  }),
  network: z.strictObject({
    metrics: metrics(networkMetrics),
    include: filter('interfaces'),
    exclude: filter('interfaces'),
    connections_interval: duration().prefault('1m'),
  }),
  load: z.strictObject({ metrics: metrics(loadMetrics), cpu_average: off }),
  paging: z.strictObject({ metrics: metrics(pagingMetrics) }),
  processes: z.strictObject({ metrics: metrics(processesMetrics) }),
  process: z.strictObject({
    metrics: metrics(processMetrics),
    resource_attributes: z
      .lazy(() =>
        z.strictObject(
          Object.fromEntries(processAttributes.map((name) => [name, attributeSwitch.optional()])),
        ),
      )
      .prefault({}),
    include: filter('names'),
    exclude: filter('names'),
    mute_process_all_errors: off,
    mute_process_name_error: off,
    mute_process_exe_error: off,
    mute_process_io_error: off,
    mute_process_user_error: off,
    mute_process_cgroup_error: off,
    scrape_process_delay: duration().prefault('0s'),
    disk_io: z.enum(['calls', 'storage']).default('calls'),
  }),
  system: z.strictObject({ metrics: metrics(systemMetrics) }),
};

/** A scraper is on where its key stands there, with nothing behind it too. */
export const scraperShape: Readonly<Record<ScraperType | 'nfs' | 'hardware', z.ZodType>> = {
  ...(Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, optionalSection(shape, 'on').optional()]),
  ) as unknown as Record<ScraperType, z.ZodType>),
  nfs: notOffered,
  hardware: notOffered,
};
