import { counter, gauge, upDown, type Definitions } from './metric-definition.js';

/** Metrics of the scraper `cpu`. */
export type CpuMetric =
  | 'system.cpu.frequency'
  | 'system.cpu.logical.count'
  | 'system.cpu.physical.count'
  | 'system.cpu.time'
  | 'system.cpu.utilization';

const ofCpu = { attributes: ['cpu', 'state'], defaultAttributes: ['state'], type: 'double' } as const;

export const cpuMetrics: Definitions<CpuMetric> = {
  'system.cpu.frequency': gauge('Hz', 'Clock rate of a CPU at this moment.', {
    attributes: ['cpu'],
    isOn: false,
  }),
  'system.cpu.logical.count': upDown('{cpu}', 'Logical CPUs that are online.'),
  'system.cpu.physical.count': upDown('{cpu}', 'Cores, whatever the number of their threads.', {
    isOn: false,
  }),
  'system.cpu.time': counter('s', 'Time that CPUs have spent in each state.', ofCpu),
  'system.cpu.utilization': gauge('1', 'Share of time that CPUs spent in each state since the last scrape.', {
    ...ofCpu,
    isOn: false,
  }),
};

/** Metrics of the scraper `memory`. */
export type MemoryMetric =
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

const off = { isOn: false } as const;
const hugePageState = { attributes: ['system.memory.linux.hugepages.state'], isOn: false } as const;

export const memoryMetrics: Definitions<MemoryMetric> = {
  'system.linux.memory.available': upDown('By', 'Memory that programs can get without swapping.', off),
  'system.linux.memory.dirty': upDown('By', 'Memory that waits to be written to disk.', off),
  'system.memory.limit': upDown('By', 'Memory of the machine.', off),
  'system.memory.linux.hugepages.limit': upDown('{page}', 'Huge pages of the pool.', off),
  'system.memory.linux.hugepages.page_size': upDown('By', 'Size of a huge page.', off),
  'system.memory.linux.hugepages.reserved': upDown(
    '{page}',
    'Huge pages that are promised and not allocated yet.',
    off,
  ),
  'system.memory.linux.hugepages.surplus': upDown('{page}', 'Huge pages beyond the size of the pool.', off),
  'system.memory.linux.hugepages.usage': upDown('{page}', 'Huge pages by state.', hugePageState),
  'system.memory.linux.hugepages.utilization': gauge(
    '1',
    'Share of huge pages in each state.',
    hugePageState,
  ),
  'system.memory.linux.shared': upDown('By', 'Memory of tmpfs and shared memory.', off),
  'system.memory.page_size': gauge('By', 'Size of a page.', { isOn: false, type: 'int' }),
  'system.memory.usage': upDown('By', 'Memory by state; the states overlap.', { attributes: ['state'] }),
  'system.memory.utilization': gauge('1', 'Share of memory in each state.', {
    attributes: ['state'],
    isOn: false,
  }),
};

/** Metrics of the scraper `disk`. */
export type DiskMetric =
  | 'system.disk.io'
  | 'system.disk.io_time'
  | 'system.disk.merged'
  | 'system.disk.operation_time'
  | 'system.disk.operations'
  | 'system.disk.pending_operations'
  | 'system.disk.weighted_io_time';

const ofDisk = { attributes: ['device', 'direction'] } as const;

export const diskMetrics: Definitions<DiskMetric> = {
  'system.disk.io': counter('By', 'Bytes read and written.', ofDisk),
  'system.disk.io_time': counter('s', 'Time in which the disk was busy.', {
    attributes: ['device'],
    type: 'double',
  }),
  'system.disk.merged': counter(
    '{operations}',
    'Reads and writes that were merged with one beside them.',
    ofDisk,
  ),
  'system.disk.operation_time': counter('s', 'Time that reads and writes took, added up.', {
    ...ofDisk,
    type: 'double',
  }),
  'system.disk.operations': counter('{operations}', 'Reads and writes.', ofDisk),
  'system.disk.pending_operations': upDown('{operations}', 'Operations under way.', {
    attributes: ['device'],
  }),
  'system.disk.weighted_io_time': counter(
    's',
    'Time in which the disk was busy, times the operations under way.',
    {
      attributes: ['device'],
      type: 'double',
    },
  ),
};

/** Metrics of the scraper `filesystem`. */
export type FilesystemMetric =
  'system.filesystem.inodes.usage' | 'system.filesystem.usage' | 'system.filesystem.utilization';

const mount = ['device', 'mode', 'mountpoint', 'type'] as const;

export const filesystemMetrics: Definitions<FilesystemMetric> = {
  'system.filesystem.inodes.usage': upDown('{inodes}', 'Inodes by state.', {
    attributes: [...mount, 'state'],
  }),
  'system.filesystem.usage': upDown('By', 'Space by state.', { attributes: [...mount, 'state'] }),
  'system.filesystem.utilization': gauge('1', 'Share of the space that is used, of what users can have.', {
    attributes: mount,
    isOn: false,
  }),
};

/** Metrics of the scraper `network`. */
export type NetworkMetric =
  | 'system.network.connections'
  | 'system.network.conntrack.count'
  | 'system.network.conntrack.max'
  | 'system.network.dropped'
  | 'system.network.errors'
  | 'system.network.io'
  | 'system.network.packets';

export const networkMetrics: Definitions<NetworkMetric> = {
  'system.network.connections': upDown('{connections}', 'Connections by state.', {
    attributes: ['protocol', 'state'],
  }),
  'system.network.conntrack.count': upDown('{entries}', 'Connections that the firewall tracks.', off),
  'system.network.conntrack.max': upDown('{entries}', 'Most connections that the firewall can track.', off),
  'system.network.dropped': counter('{packets}', 'Packets that were dropped.', ofDisk),
  'system.network.errors': counter('{errors}', 'Packets with errors.', ofDisk),
  'system.network.io': counter('By', 'Bytes received and transmitted.', ofDisk),
  'system.network.packets': counter('{packets}', 'Packets received and transmitted.', ofDisk),
};

/** Metrics of the scraper `load`. */
export type LoadMetric =
  'system.cpu.load_average.15m' | 'system.cpu.load_average.1m' | 'system.cpu.load_average.5m';

export const loadMetrics: Definitions<LoadMetric> = {
  'system.cpu.load_average.15m': gauge('{thread}', 'Mean of the load over 15 minutes.'),
  'system.cpu.load_average.1m': gauge('{thread}', 'Mean of the load over one minute.'),
  'system.cpu.load_average.5m': gauge('{thread}', 'Mean of the load over 5 minutes.'),
};

/** Metrics of the scraper `paging`. */
export type PagingMetric =
  'system.paging.faults' | 'system.paging.operations' | 'system.paging.usage' | 'system.paging.utilization';

export const pagingMetrics: Definitions<PagingMetric> = {
  'system.paging.faults': counter('{faults}', 'Page faults.', { attributes: ['type'] }),
  'system.paging.operations': counter('{operations}', 'Pages in and out.', {
    attributes: ['direction', 'type'],
  }),
  'system.paging.usage': upDown('By', 'Swap space by state.', { attributes: ['device', 'state'] }),
  'system.paging.utilization': gauge('1', 'Share of the swap space in each state.', {
    attributes: ['device', 'state'],
    isOn: false,
  }),
};

/** Metrics of the scraper `processes`. */
export type ProcessesMetric = 'system.processes.count' | 'system.processes.created';

export const processesMetrics: Definitions<ProcessesMetric> = {
  'system.processes.count': upDown('{processes}', 'Processes by state.', { attributes: ['status'] }),
  'system.processes.created': counter('{processes}', 'Processes that were created since boot.'),
};

/** Metrics of the scraper `process`. */
export type ProcessMetric =
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

const byState = { attributes: ['state'], type: 'double' } as const;

export const processMetrics: Definitions<ProcessMetric> = {
  'process.context_switches': counter('{count}', 'Switches to and from the threads of the process.', {
    attributes: ['type'],
    isOn: false,
  }),
  'process.cpu.time': counter('s', 'CPU time, and time spent waiting for disks.', byState),
  'process.cpu.utilization': gauge('1', 'Share of all CPUs since the last scrape.', {
    ...byState,
    isOn: false,
  }),
  'process.disk.io': counter('By', 'Bytes read and written.', { attributes: ['direction'] }),
  'process.disk.operations': counter('{operations}', 'Reads and writes.', {
    attributes: ['direction'],
    isOn: false,
  }),
  'process.memory.usage': upDown('By', 'Memory in use (resident set).'),
  'process.memory.utilization': gauge('1', 'Share of the memory of the machine.', off),
  'process.memory.virtual': upDown('By', 'Size of the address space.'),
  'process.open_file_descriptors': upDown('{count}', 'Open file descriptors.', off),
  'process.paging.faults': counter('{faults}', 'Page faults.', { attributes: ['type'], isOn: false }),
  'process.signals_pending': upDown('{signals}', 'Signals that wait to be delivered.', off),
  'process.threads': upDown('{threads}', 'Threads.', off),
  'process.uptime': gauge('s', 'Time since the process started.', off),
};

/** Metrics of the scraper `system`. */
export type SystemMetric = 'system.uptime';

export const systemMetrics: Definitions<SystemMetric> = {
  'system.uptime': gauge('s', 'Time since the machine started.'),
};
