// @tributary/receiver-hostmetrics: what the package exports, written by scripts/api.mjs.
import { Duration, ReceiverFactory } from '@tributary/component';

export interface AttributeSwitch {
  readonly enabled?: boolean | undefined;
  readonly metrics_include?: readonly ValuePattern[] | undefined;
  readonly metrics_exclude?: readonly ValuePattern[] | undefined;
}
export type AttributeSwitches = Readonly<Partial<Record<ProcessAttribute, AttributeSwitch | undefined>>>;
export interface CpuScraperConfig {
  readonly metrics?: MetricSwitches<CpuMetric> | undefined;
}
export interface DeviceFilterConfig extends FilterMatchConfig {
  readonly devices: readonly string[];
}
export interface DiskScraperConfig {
  readonly metrics?: MetricSwitches<DiskMetric> | undefined;
  readonly include?: DeviceFilterConfig | undefined;
  readonly exclude?: DeviceFilterConfig | undefined;
}
export interface FilesystemScraperConfig {
  readonly metrics?: MetricSwitches<FilesystemMetric> | undefined;
  readonly include_virtual_filesystems?: boolean | undefined;
  readonly include_devices?: DeviceFilterConfig | undefined;
  readonly exclude_devices?: DeviceFilterConfig | undefined;
  readonly include_fs_types?: FsTypeFilterConfig | undefined;
  readonly exclude_fs_types?: FsTypeFilterConfig | undefined;
  readonly include_mount_points?: MountPointFilterConfig | undefined;
  readonly exclude_mount_points?: MountPointFilterConfig | undefined;
}
export interface FilterCacheConfig {
  readonly cacheenabled?: boolean | undefined;
  readonly cachemaxnumentries?: number | undefined;
}
export interface FilterMatchConfig {
  readonly match_type: MatchType;
  readonly regexp?: FilterCacheConfig | undefined;
}
export interface FsTypeFilterConfig extends FilterMatchConfig {
  readonly fs_types: readonly string[];
}
export interface HostFiles {
  open(path: string): number;
  read(descriptor: number, into: Buffer, offset: number, position: number): number;
  close(descriptor: number): void;
  readlink(path: string): string;
  readdir(path: string): readonly string[];
  statfs(path: string): Space;
}
export interface HostMetricsReceiverConfig {
  readonly collection_interval?: Duration | undefined;
  readonly initial_delay?: Duration | undefined;
  readonly timeout?: Duration | undefined;
  readonly root_path?: string | undefined;
  readonly metadata_collection_interval?: Duration | undefined;
  readonly scrapers: ScrapersConfig;
}
export interface HostSystem {
  readonly platform: string;
  readonly pid: number;
  readonly is64Bit: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: HostFiles;
}
export interface InterfaceFilterConfig extends FilterMatchConfig {
  readonly interfaces: readonly string[];
}
export interface LoadScraperConfig {
  readonly metrics?: MetricSwitches<LoadMetric> | undefined;
  readonly cpu_average?: boolean | undefined;
}
export interface MemoryScraperConfig {
  readonly metrics?: MetricSwitches<MemoryMetric> | undefined;
}
export interface MetricSwitch {
  readonly enabled?: boolean | undefined;
  readonly attributes?: readonly string[] | undefined;
  readonly aggregation_strategy?: Strategy | undefined;
}
export type MetricSwitches<K extends string> = Readonly<Partial<Record<K, MetricSwitch | undefined>>>;
export interface MountPointFilterConfig extends FilterMatchConfig {
  readonly mount_points: readonly string[];
}
export interface NetworkScraperConfig {
  readonly metrics?: MetricSwitches<NetworkMetric> | undefined;
  readonly include?: InterfaceFilterConfig | undefined;
  readonly exclude?: InterfaceFilterConfig | undefined;
  readonly connections_interval?: Duration | undefined;
}
export interface PagingScraperConfig {
  readonly metrics?: MetricSwitches<PagingMetric> | undefined;
}
export interface ProcessFilterConfig extends FilterMatchConfig {
  readonly names: readonly string[];
}
export interface ProcessScraperConfig {
  readonly metrics?: MetricSwitches<ProcessMetric> | undefined;
  readonly resource_attributes?: AttributeSwitches | undefined;
  readonly include?: ProcessFilterConfig | undefined;
  readonly exclude?: ProcessFilterConfig | undefined;
  readonly mute_process_all_errors?: boolean | undefined;
  readonly mute_process_name_error?: boolean | undefined;
  readonly mute_process_exe_error?: boolean | undefined;
  readonly mute_process_io_error?: boolean | undefined;
  readonly mute_process_user_error?: boolean | undefined;
  readonly mute_process_cgroup_error?: boolean | undefined;
  readonly scrape_process_delay?: Duration | undefined;
  readonly disk_io?: 'calls' | 'storage' | undefined;
}
export interface ProcessesScraperConfig {
  readonly metrics?: MetricSwitches<ProcessesMetric> | undefined;
}
export interface ScrapersConfig {
  readonly cpu?: CpuScraperConfig | null | undefined;
  readonly disk?: DiskScraperConfig | null | undefined;
  readonly filesystem?: FilesystemScraperConfig | null | undefined;
  readonly load?: LoadScraperConfig | null | undefined;
  readonly memory?: MemoryScraperConfig | null | undefined;
  readonly network?: NetworkScraperConfig | null | undefined;
  readonly paging?: PagingScraperConfig | null | undefined;
  readonly process?: ProcessScraperConfig | null | undefined;
  readonly processes?: ProcessesScraperConfig | null | undefined;
  readonly system?: SystemScraperConfig | null | undefined;
}
export interface Space {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}
export interface SystemScraperConfig {
  readonly metrics?: MetricSwitches<SystemMetric> | undefined;
}
export interface ValuePattern {
  readonly strict?: string | undefined;
  readonly regexp?: string | undefined;
}
export declare function createHostMetricsReceiver(system: HostSystem): typeof hostMetricsReceiver;
export declare const hostMetricsReceiver: ReceiverFactory<HostMetricsReceiverConfig, 'metrics' | 'logs'>;

// Not exported, but referred to above.
type CpuMetric =
  | 'system.cpu.frequency'
  | 'system.cpu.logical.count'
  | 'system.cpu.physical.count'
  | 'system.cpu.time'
  | 'system.cpu.utilization';
type DiskMetric =
  | 'system.disk.io'
  | 'system.disk.io_time'
  | 'system.disk.merged'
  | 'system.disk.operation_time'
  | 'system.disk.operations'
  | 'system.disk.pending_operations'
  | 'system.disk.weighted_io_time';
type FilesystemMetric =
  'system.filesystem.inodes.usage' | 'system.filesystem.usage' | 'system.filesystem.utilization';
type LoadMetric = 'system.cpu.load_average.15m' | 'system.cpu.load_average.1m' | 'system.cpu.load_average.5m';
type MatchType = 'strict' | 'regexp';
type MemoryMetric =
  | 'system.linux.memory.available'
  | 'system.linux.memory.dirty'
  | 'system.memory.limit'
  | 'system.memory.linux.hugepages.limit'
  | 'system.memory.linux.hugepages.page_size'
  | 'system.memory.linux.hugepages.reserved'
  | 'system.memory.linux.hugepages.surplus'
  | 'system.memory.linux.hugepages.usage'
  | 'system.memory.linux.hugepages.utilization'
  | 'system.memory.linux.shared'
  | 'system.memory.page_size'
  | 'system.memory.usage'
  | 'system.memory.utilization';
type NetworkMetric =
  | 'system.network.connections'
  | 'system.network.conntrack.count'
  | 'system.network.conntrack.max'
  | 'system.network.dropped'
  | 'system.network.errors'
  | 'system.network.io'
  | 'system.network.packets';
type PagingMetric =
  'system.paging.faults' | 'system.paging.operations' | 'system.paging.usage' | 'system.paging.utilization';
type ProcessAttribute = (typeof processAttributes)[number];
type ProcessMetric =
  | 'process.context_switches'
  | 'process.cpu.time'
  | 'process.cpu.utilization'
  | 'process.disk.io'
  | 'process.disk.operations'
  | 'process.memory.usage'
  | 'process.memory.utilization'
  | 'process.memory.virtual'
  | 'process.open_file_descriptors'
  | 'process.paging.faults'
  | 'process.signals_pending'
  | 'process.threads'
  | 'process.uptime';
type ProcessesMetric = 'system.processes.count' | 'system.processes.created';
type Strategy = (typeof aggregationStrategies)[number];
type SystemMetric = 'system.uptime';
declare const aggregationStrategies: readonly ['sum', 'avg', 'min', 'max'];
declare const processAttributes: readonly [
  'process.cgroup',
  'process.command',
  'process.command_line',
  'process.executable.name',
  'process.executable.path',
  'process.linux.cgroup',
  'process.owner',
  'process.parent_pid',
  'process.pid',
];
