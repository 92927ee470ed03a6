import type { Duration } from '@tributary/component';
import type { Strategy } from './aggregate.js';
import type {
  CpuMetric,
  DiskMetric,
  FilesystemMetric,
  LoadMetric,
  MemoryMetric,
  NetworkMetric,
  PagingMetric,
  ProcessesMetric,
  ProcessMetric,
  SystemMetric,
} from './definitions.js';
import type { MatchType } from './filter.js';
import type { ProcessAttribute } from './process-attributes.js';

/** What is said of one metric. */
export interface MetricSwitch {
  /** Default: that of the metric. */
  readonly enabled?: boolean | undefined;
  /** The attributes that its points keep; the others are aggregated away. */
  readonly attributes?: readonly string[] | undefined;
  /** How points become one where attributes are left out. Default `'sum'` for sums, `'avg'` for gauges. */
  readonly aggregation_strategy?: Strategy | undefined;
}

/** By the name of the metric. */
export type MetricSwitches<K extends string> = Readonly<Partial<Record<K, MetricSwitch | undefined>>>;

/** How many names are remembered with what the expressions say of them: 128 at least, as it is so much cheaper. */
export interface FilterCacheConfig {
  /** Whether `cachemaxnumentries` says how many. Default `false`. */
  readonly cacheenabled?: boolean | undefined;
  /** 0 is 128. Default `0`. */
  readonly cachemaxnumentries?: number | undefined;
}

/** How names are compared. */
export interface FilterMatchConfig {
  /** `strict`: the whole name; `regexp`: a pattern of RE2, anywhere in it. */
  readonly match_type: MatchType;
  /** How many names are remembered. */
  readonly regexp?: FilterCacheConfig | undefined;
}

/** Which disks. */
export interface DeviceFilterConfig extends FilterMatchConfig {
  /** Names of devices, such as `sda`. */
  readonly devices: readonly string[];
}

/** Which interfaces. */
export interface InterfaceFilterConfig extends FilterMatchConfig {
  /** Names of interfaces, such as `eth0`. */
  readonly interfaces: readonly string[];
}

/** Which types of file systems. */
export interface FsTypeFilterConfig extends FilterMatchConfig {
  /** Types, such as `ext4`. */
  readonly fs_types: readonly string[];
}

/** Which mount points. */
export interface MountPointFilterConfig extends FilterMatchConfig {
  /** Paths on the host, such as `/var`. */
  readonly mount_points: readonly string[];
}

/** Which processes. */
export interface ProcessFilterConfig extends FilterMatchConfig {
  /** Values of `process.executable.name`. */
  readonly names: readonly string[];
}

/** Times and shares of the CPUs. */
export interface CpuScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<CpuMetric> | undefined;
}

/** Memory. */
export interface MemoryScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<MemoryMetric> | undefined;
}

/** Reads and writes of disks and partitions. */
export interface DiskScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<DiskMetric> | undefined;
  /** Only these. Default none: all. */
  readonly include?: DeviceFilterConfig | undefined;
  /** Not these. Default none. */
  readonly exclude?: DeviceFilterConfig | undefined;
}

/** Space of file systems. */
export interface FilesystemScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<FilesystemMetric> | undefined;
  /** Also those that stand on no device of their own: tmpfs, overlay, network file systems, bind mounts. Default `false`. */
  readonly include_virtual_filesystems?: boolean | undefined;
  /** Only these devices. Default none: all. */
  readonly include_devices?: DeviceFilterConfig | undefined;
  /** Not these devices. Default none. */
  readonly exclude_devices?: DeviceFilterConfig | undefined;
  /** Only these types. Default none: all. */
  readonly include_fs_types?: FsTypeFilterConfig | undefined;
  /** Not these types. Default none. */
  readonly exclude_fs_types?: FsTypeFilterConfig | undefined;
  /** Only these mount points. Default none: all. */
  readonly include_mount_points?: MountPointFilterConfig | undefined;
  /** Not these mount points. Default none. */
  readonly exclude_mount_points?: MountPointFilterConfig | undefined;
}

/** Interfaces and connections. */
export interface NetworkScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<NetworkMetric> | undefined;
  /** Only these. Default none: all. */
  readonly include?: InterfaceFilterConfig | undefined;
  /** Not these. Default none. */
  readonly exclude?: InterfaceFilterConfig | undefined;
  /**
   * Least time between two readings of the tables of connections, which cost more than all else together;
   * scrapes in between repeat the last counts. `'0s'` reads at each. Not a key of the Collector. Default `'1m'`.
   */
  readonly connections_interval?: Duration | undefined;
}

/** Mean load. */
export interface LoadScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<LoadMetric> | undefined;
  /** Divides by the number of CPUs. Default `false`. */
  readonly cpu_average?: boolean | undefined;
}

/** Swap space and page faults. */
export interface PagingScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<PagingMetric> | undefined;
}

/** How many processes there are, by state. */
export interface ProcessesScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<ProcessesMetric> | undefined;
}

/** How long the machine runs. */
export interface SystemScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<SystemMetric> | undefined;
}

/** What is said of one attribute of the resource. */
export interface AttributeSwitch {
  /** Default `true`, but for `process.cgroup` and `process.linux.cgroup`. */
  readonly enabled?: boolean | undefined;
  /** Only processes whose value matches one of these. */
  readonly metrics_include?: readonly ValuePattern[] | undefined;
  /** No processes whose value matches one of these. */
  readonly metrics_exclude?: readonly ValuePattern[] | undefined;
}

/** Either the whole value, or a pattern anywhere in it. */
export interface ValuePattern {
  readonly strict?: string | undefined;
  readonly regexp?: string | undefined;
}

/** By the name of the attribute. */
export type AttributeSwitches = Readonly<Partial<Record<ProcessAttribute, AttributeSwitch | undefined>>>;

/** Each process by itself. */
export interface ProcessScraperConfig {
  /** Switches of its metrics. */
  readonly metrics?: MetricSwitches<ProcessMetric> | undefined;
  /** Switches of the attributes that say which process it is, and filters by their values. */
  readonly resource_attributes?: AttributeSwitches | undefined;
  /** Only these. Default none: all. */
  readonly include?: ProcessFilterConfig | undefined;
  /** Not these. Default none. */
  readonly exclude?: ProcessFilterConfig | undefined;
  /** Says nothing of any error with a process. Default `false`. */
  readonly mute_process_all_errors?: boolean | undefined;
  /** Says nothing where the name cannot be read. Default `false`. */
  readonly mute_process_name_error?: boolean | undefined;
  /** Says nothing where the executable cannot be read, as of other users' processes. Default `false`. */
  readonly mute_process_exe_error?: boolean | undefined;
  /** Says nothing where the reads and writes cannot be read, as of other users' processes. Default `false`. */
  readonly mute_process_io_error?: boolean | undefined;
  /** Says nothing where a user has no name. Default `false`. */
  readonly mute_process_user_error?: boolean | undefined;
  /** Says nothing where the control group cannot be read. Default `false`. */
  readonly mute_process_cgroup_error?: boolean | undefined;
  /** Least age of a process. Default `'0s'`. */
  readonly scrape_process_delay?: Duration | undefined;
  /**
   * What `process.disk.io` counts: `calls` is what the process has read and written by system calls, from the
   * page cache too, as the Collector has it; `storage` is what came from and went to disks. Not a key of the
   * Collector. Default `'calls'`.
   */
  readonly disk_io?: 'calls' | 'storage' | undefined;
}
