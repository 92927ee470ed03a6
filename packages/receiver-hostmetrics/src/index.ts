// For users.
export { hostMetricsReceiver } from './host-metrics.js';
export type { HostMetricsReceiverConfig, ScrapersConfig } from './config.js';
export type {
  AttributeSwitch,
  AttributeSwitches,
  CpuScraperConfig,
  DeviceFilterConfig,
  DiskScraperConfig,
  FilesystemScraperConfig,
  FilterCacheConfig,
  FilterMatchConfig,
  FsTypeFilterConfig,
  InterfaceFilterConfig,
  LoadScraperConfig,
  MemoryScraperConfig,
  MetricSwitch,
  MetricSwitches,
  MountPointFilterConfig,
  NetworkScraperConfig,
  PagingScraperConfig,
  ProcessesScraperConfig,
  ProcessFilterConfig,
  ProcessScraperConfig,
  SystemScraperConfig,
  ValuePattern,
} from './scraper-config.js';

// For tests and simulations.
export { createHostMetricsReceiver } from './host-metrics.js';
export type { HostFiles, HostSystem, Space } from './host/system.js';
