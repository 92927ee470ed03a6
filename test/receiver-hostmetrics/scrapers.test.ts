import { symlinkSync } from 'node:fs';
import path from 'node:path';
import type { Metrics } from '@tributary/pdata';
import type { ScrapersConfig } from '@tributary/receiver-hostmetrics';
import { describe, expect, it } from 'vitest';
import { hostRoot, realFiles, world, type World, type WorldOptions } from './support.js';

/** A scrape of a folder that stands for a host. */
const scrape = (
  files: Readonly<Record<string, string>>,
  scrapers: ScrapersConfig,
  options: WorldOptions = {},
): Promise<World> => world({ root_path: hostRoot(files), scrapers }, options);

const on = { enabled: true } as const;

describe('cpu', () => {
  it('has times by state, summed over the CPUs', async () => {
    await using w = await scrape({}, { cpu: null });
    expect(w.points()).toEqual({
      'system.cpu.logical.count': { '': 2 },
      'system.cpu.time': {
        user: 3,
        system: 1,
        idle: 10,
        interrupt: 0.05,
        nice: 0.2,
        softirq: 0.05,
        steal: 0.03,
        wait: 0.1,
      },
    });
  });

  it('has times by CPU, too, where its attributes say so', async () => {
    await using w = await scrape(
      {},
      { cpu: { metrics: { 'system.cpu.time': { attributes: ['cpu', 'state'] } } } },
    );
    expect(w.points()['system.cpu.time']).toMatchObject({ 'cpu0 user': 1, 'cpu1 user': 2 });
  });

  it('has shares since the last scrape, in which the time of guests counts once, and no time goes back', async () => {
    const root = hostRoot({});
    const { writeFileSync } = await import('node:fs');
    await using w = await world({
      root_path: root,
      scrapers: { cpu: { metrics: { 'system.cpu.utilization': { ...on, attributes: ['cpu', 'state'] } } } },
    });
    expect(w.points()['system.cpu.utilization']).toBeUndefined();
    // 75 more as user, all of it for a guest, and 25 idle; the counter of waiting goes back.
    writeFileSync(path.join(root, 'proc/stat'), 'cpu0 175 10 50 525 4 2 3 1 100 0\nbtime 1700000000\n');
    await w.tick();
    expect(w.points()['system.cpu.utilization']).toMatchObject({
      'cpu0 user': 0.75,
      'cpu0 idle': 0.25,
      'cpu0 wait': 0,
      'cpu0 system': 0,
    });
  });

  it('has clock rates and cores below the root path', async () => {
    const processor = (n: number): string => `processor\t: ${n}\ncpu MHz\t\t: 2400.5\n`;
    await using w = await scrape(
      {
        'proc/cpuinfo': processor(0) + processor(1),
        'sys/devices/system/cpu/cpu0/topology/core_cpus_list': '0-1\n',
        'sys/devices/system/cpu/cpu1/topology/core_cpus_list': '0-1\n',
      },
      { cpu: { metrics: { 'system.cpu.frequency': on, 'system.cpu.physical.count': on } } },
    );
    expect(w.points()['system.cpu.frequency']).toEqual({ cpu0: 2_400_500_000, cpu1: 2_400_500_000 });
    expect(w.points()['system.cpu.physical.count']).toEqual({ '': 1 });
  });
});

const meminfo = [
  'MemTotal: 1000 kB',
  'MemFree: 300 kB',
  'MemAvailable: 600 kB',
  'Buffers: 50 kB',
  'Cached: 200 kB',
  'SReclaimable: 40 kB',
  'SUnreclaim: 30 kB',
  'Shmem: 8 kB',
  'Dirty: 4 kB',
  'HugePages_Total: 10',
  'HugePages_Free: 4',
  'HugePages_Rsvd: 1',
  'HugePages_Surp: 2',
  'Hugepagesize: 2048 kB',
].join('\n');

describe('memory', () => {
  it('has the states of /proc/meminfo; used is what is not available', async () => {
    await using w = await scrape({ 'proc/meminfo': meminfo }, { memory: null });
    expect(w.points()).toEqual({
      'system.memory.usage': {
        used: 400 * 1024,
        free: 300 * 1024,
        buffered: 50 * 1024,
        cached: 240 * 1024,
        slab_reclaimable: 40 * 1024,
        slab_unreclaimable: 30 * 1024,
      },
    });
  });

  it('computes what is used where an old kernel does not say what is available', async () => {
    await using w = await scrape(
      { 'proc/meminfo': meminfo.replace(/MemAvailable.*\n/, '') },
      { memory: null },
    );
    expect(w.points()['system.memory.usage']!['used']).toBe((1000 - 300 - 50 - 240) * 1024);
  });

  it('has all that is off by default', async () => {
    const names = [
      'system.linux.memory.available',
      'system.linux.memory.dirty',
      'system.memory.limit',
      'system.memory.linux.hugepages.limit',
      'system.memory.linux.hugepages.page_size',
      'system.memory.linux.hugepages.reserved',
      'system.memory.linux.hugepages.surplus',
      'system.memory.linux.hugepages.usage',
      'system.memory.linux.hugepages.utilization',
      'system.memory.linux.shared',
      'system.memory.page_size',
      'system.memory.utilization',
    ] as const;
    const metrics = Object.fromEntries(names.map((name) => [name, on]));
    await using w = await scrape(
      { 'proc/meminfo': meminfo },
      { memory: { metrics: { ...metrics, 'system.memory.usage': { enabled: false } } } },
    );
    expect(w.points()).toEqual({
      'system.linux.memory.available': { '': 600 * 1024 },
      'system.linux.memory.dirty': { '': 4 * 1024 },
      'system.memory.limit': { '': 1000 * 1024 },
      'system.memory.linux.hugepages.limit': { '': 10 },
      'system.memory.linux.hugepages.page_size': { '': 2048 * 1024 },
      'system.memory.linux.hugepages.reserved': { '': 1 },
      'system.memory.linux.hugepages.surplus': { '': 2 },
      'system.memory.linux.hugepages.usage': { free: 4, used: 6 },
      'system.memory.linux.hugepages.utilization': { free: 0.4, used: 0.6 },
      'system.memory.linux.shared': { '': 8 * 1024 },
      'system.memory.page_size': { '': expect.any(Number) as number },
      'system.memory.utilization': {
        used: 0.4,
        free: 0.3,
        buffered: 0.05,
        cached: 0.24,
        slab_reclaimable: 0.04,
        slab_unreclaimable: 0.03,
      },
    });
  });
});

describe('disk', () => {
  const diskstats =
    '8 0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000\n8 1 sda1 1 0 0 0 0 0 0 0 0 0 0\n7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n';

  it('has bytes, operations and seconds of each device that was used', async () => {
    await using w = await scrape(
      { 'proc/diskstats': diskstats },
      { disk: { include: { devices: ['sda'], match_type: 'strict' } } },
    );
    expect(w.points()).toEqual({
      'system.disk.io': { 'sda read': 1536, 'sda write': 3584 },
      'system.disk.io_time': { sda: 10 },
      'system.disk.merged': { 'sda read': 2, 'sda write': 6 },
      'system.disk.operation_time': { 'sda read': 4, 'sda write': 8 },
      'system.disk.operations': { 'sda read': 1, 'sda write': 5 },
      'system.disk.pending_operations': { sda: 9 },
      'system.disk.weighted_io_time': { sda: 11 },
    });
  });

  it.each([
    [{ exclude: { devices: ['\\d$'], match_type: 'regexp' } }, ['sda']],
    [{ include: { devices: ['sda1'], match_type: 'strict' } }, ['sda1']],
    [{}, ['sda', 'sda1']],
  ] as const)('with %j has %j', async (filters, devices) => {
    await using w = await scrape({ 'proc/diskstats': diskstats }, { disk: filters });
    expect(Object.keys(w.points()['system.disk.pending_operations']!)).toEqual(devices);
  });
});

describe('filesystem', () => {
  const space = { bsize: 10, blocks: 100, bfree: 40, bavail: 30, files: 50, ffree: 20 };
  const files = {
    'proc/filesystems': 'nodev\ttmpfs\nnodev\tnfs\n\text4\n\tbtrfs\n',
    'proc/1/mountinfo': [
      '1 0 8:1 / / rw - ext4 /dev/root rw',
      '2 1 8:2 / /data ro - ext4 /dev/mapper/data rw',
      '2 1 8:2 / /data ro - ext4 /dev/mapper/data rw',
      '3 1 8:2 /sub /bind rw - ext4 /dev/mapper/data rw',
      '4 1 0:5 / /tmp rw - tmpfs tmpfs rw',
      '5 1 0:6 / /far rw - nfs server:/x rw',
      '',
    ].join('\n'),
  };
  const asked: string[] = [];
  const system = {
    files: {
      ...realFiles,
      statfs(place: string) {
        asked.push(place);
        return space;
      },
    },
  };
  const statfs = (): Promise<never> => Promise.reject(new Error('not asked'));

  it('has those that stand on devices, once, by the name that the kernel has for the device', async () => {
    const root = hostRoot({ ...files, 'dev/mapper/.keep': '', 'sys/dev/block/.keep': '' });
    symlinkSync('../dm-3', path.join(root, 'dev/mapper/data'));
    symlinkSync('../../devices/virtual/block/sda/sda1', path.join(root, 'sys/dev/block/8:1'));
    asked.length = 0;
    await using w = await world(
      { root_path: root, scrapers: { filesystem: { metrics: { 'system.filesystem.utilization': on } } } },
      { system, statfs },
    );
    expect(asked).toEqual([`${root}/`, `${root}/data`]);
    expect(w.points()).toEqual({
      'system.filesystem.usage': {
        '/dev/sda1 rw / ext4 used': 600,
        '/dev/sda1 rw / ext4 free': 300,
        '/dev/sda1 rw / ext4 reserved': 100,
        '/dev/dm-3 ro /data ext4 used': 600,
        '/dev/dm-3 ro /data ext4 free': 300,
        '/dev/dm-3 ro /data ext4 reserved': 100,
      },
      'system.filesystem.inodes.usage': {
        '/dev/sda1 rw / ext4 used': 30,
        '/dev/sda1 rw / ext4 free': 20,
        '/dev/dm-3 ro /data ext4 used': 30,
        '/dev/dm-3 ro /data ext4 free': 20,
      },
      'system.filesystem.utilization': { '/dev/sda1 rw / ext4': 0.667, '/dev/dm-3 ro /data ext4': 0.667 },
    });
  });

  const places = (w: World): string[] =>
    Object.keys(w.points()['system.filesystem.usage'] ?? {}).flatMap((key) =>
      key.endsWith(' used') ? [key.split(' ')[2]!] : [],
    );

  it.each([
    [{ include_virtual_filesystems: true }, ['/', '/data', '/bind', '/tmp', '/far']],
    [{ exclude_mount_points: { mount_points: ['/data'], match_type: 'strict' } }, ['/']],
    [{ include_mount_points: { mount_points: ['/data'], match_type: 'strict' } }, ['/data']],
    [{ include_devices: { devices: ['mapper'], match_type: 'regexp' } }, ['/data']],
    [{ exclude_devices: { devices: ['mapper'], match_type: 'regexp' } }, ['/']],
    [
      { include_virtual_filesystems: true, include_fs_types: { fs_types: ['tmpfs'], match_type: 'strict' } },
      ['/tmp'],
    ],
    [{ exclude_fs_types: { fs_types: ['ext'], match_type: 'regexp' } }, []],
  ] as const)('with %j has %j', async (config, expected) => {
    await using w = await scrape(
      files,
      { filesystem: config },
      { system, statfs: () => Promise.resolve(space as never) },
    );
    expect(places(w)).toEqual(expected);
  });

  it('a server that does not answer costs its own points, and is not asked again until it has answered', async () => {
    let questions = 0;
    let answer: ((found: never) => void) | undefined;
    await using w = await scrape(
      files,
      {
        filesystem: {
          include_virtual_filesystems: true,
          exclude_fs_types: { fs_types: ['tmpfs'], match_type: 'strict' },
        },
      },
      {
        system,
        statfs: () => {
          questions++;
          return answer === undefined
            ? new Promise((resolve) => (answer = resolve))
            : Promise.resolve(space as never);
        },
      },
    );
    await w.clock.advance('1s');
    expect(places(w)).toEqual(['/', '/data', '/bind']);
    await w.tick();
    expect(w.errors()).toEqual([
      'failed to read usage at /far: has not answered within 1 s',
      'failed to read usage at /far: has not answered since an earlier scrape',
    ]);
    expect(questions).toBe(1);
    answer!(space as never);
    await w.clock.advance(0);
    await w.tick();
    expect(places(w)).toContain('/far');
    expect(questions).toBe(2);
  });
});

describe('network', () => {
  const dev =
    'Inter-|\n face |\n  lo: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\neth0: 10 20 30 40 0 0 0 0 50 60 70 80 0 0 0 0\n';
  const tcp = (states: readonly string[]): string =>
    `  sl  local_address rem_address   st\n${states.map((state, i) => `   ${i}: 0100007F:07E8 00000000:0000 ${state} 00000000:00000000\n`).join('')}`;

  it("has the traffic of the host's first process", async () => {
    await using w = await scrape(
      {
        'proc/1/net/dev': dev,
        'proc/net/dev': 'eth9: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n',
        'proc/net/tcp': tcp([]),
      },
      { network: { exclude: { interfaces: ['lo'], match_type: 'strict' } } },
    );
    expect(w.points()).toMatchObject({
      'system.network.io': { 'eth0 receive': 10, 'eth0 transmit': 50 },
      'system.network.packets': { 'eth0 receive': 20, 'eth0 transmit': 60 },
      'system.network.errors': { 'eth0 receive': 30, 'eth0 transmit': 70 },
      'system.network.dropped': { 'eth0 receive': 40, 'eth0 transmit': 80 },
    });
    expect(Object.keys(w.points()['system.network.io']!)).toHaveLength(2);
  });

  it('has connections of both families by state, those that there are none of too', async () => {
    await using w = await scrape(
      { 'proc/net/dev': dev, 'proc/net/tcp': tcp(['0A', '01', '01']), 'proc/net/tcp6': tcp(['01', '05']) },
      { network: null },
    );
    expect(w.points()['system.network.connections']).toEqual({
      'tcp CLOSE_WAIT': 0,
      'tcp CLOSE': 0,
      'tcp CLOSING': 0,
      'tcp DELETE': 0,
      'tcp ESTABLISHED': 3,
      'tcp FIN_WAIT_1': 0,
      'tcp FIN_WAIT_2': 1,
      'tcp LAST_ACK': 0,
      'tcp LISTEN': 1,
      'tcp SYN_SENT': 0,
      'tcp SYN_RECV': 0,
      'tcp TIME_WAIT': 0,
    });
  });

  it('counts each of many connections once, wherever a slice ends', async () => {
    const many = Array.from({ length: 5000 }, () => '01');
    await using w = await scrape({ 'proc/net/dev': dev, 'proc/net/tcp': tcp(many) }, { network: null });
    await w.clock.advance(100);
    expect(w.points()['system.network.connections']).toMatchObject({ 'tcp ESTABLISHED': 5000 });
  });

  it('reads connections as often as connections_interval says', async () => {
    const opened: string[] = [];
    const files = {
      ...realFiles,
      open(file: string) {
        opened.push(path.basename(file));
        return realFiles.open(file);
      },
    };
    const root = hostRoot({ 'proc/net/dev': dev, 'proc/net/tcp': tcp(['01']) });
    await using w = await world(
      { root_path: root, collection_interval: '30s', scrapers: { network: null } },
      { system: { files } },
    );
    const reads = (): number => opened.filter((name) => name === 'tcp').length;
    const first = reads();
    await w.tick();
    expect(reads()).toBe(first);
    expect(w.points()['system.network.connections']).toMatchObject({ 'tcp ESTABLISHED': 1 });
    await w.tick();
    expect(reads()).toBeGreaterThan(first);
  });

  it('has what the firewall tracks, or says that it tracks nothing', async () => {
    const scrapers = {
      network: { metrics: { 'system.network.conntrack.count': on, 'system.network.conntrack.max': on } },
    };
    const files = { 'proc/net/dev': dev, 'proc/net/tcp': tcp([]) };
    await using w = await scrape(
      {
        ...files,
        'proc/sys/net/netfilter/nf_conntrack_count': '7\n',
        'proc/sys/net/netfilter/nf_conntrack_max': '99\n',
      },
      scrapers,
    );
    expect(w.points()).toMatchObject({
      'system.network.conntrack.count': { '': 7 },
      'system.network.conntrack.max': { '': 99 },
    });
    await using without = await scrape(files, scrapers);
    expect(without.errors()).toEqual([expect.stringContaining('nf_conntrack_count')]);
    expect(without.points()['system.network.io']).toBeDefined();
  });
});

describe('load', () => {
  it.each([
    [false, 3],
    [true, 1.5],
  ])('with cpu_average: %j is %d', async (cpu_average, value) => {
    await using w = await scrape({ 'proc/loadavg': '3.00 2.00 1.00 1/2 3\n' }, { load: { cpu_average } });
    expect(w.points()['system.cpu.load_average.1m']).toEqual({ '': value });
    expect(w.points()['system.cpu.load_average.5m']).toEqual({ '': (value / 3) * 2 });
    expect(w.points()['system.cpu.load_average.15m']).toEqual({ '': value / 3 });
  });
});

it('paging has swap space below the root path, and real counts of operations and faults', async () => {
  await using w = await scrape(
    {
      'proc/swaps': 'Filename Type Size Used Priority\n/dev/sda2 partition 100 25 -2\n',
      'proc/vmstat': 'pswpin 1\npswpout 2\npgpgin 3\npgpgout 4\npgfault 100\npgmajfault 7\n',
    },
    { paging: { metrics: { 'system.paging.utilization': on } } },
  );
  expect(w.points()).toEqual({
    'system.paging.usage': { '/dev/sda2 used': 25 * 1024, '/dev/sda2 free': 75 * 1024 },
    'system.paging.utilization': { '/dev/sda2 used': 0.25, '/dev/sda2 free': 0.75 },
    'system.paging.operations': {
      'page_in major': 1,
      'page_out major': 2,
      'page_in minor': 3,
      'page_out minor': 4,
    },
    'system.paging.faults': { major: 7, minor: 93 },
  });
});

it('system has the uptime', async () => {
  await using w = await scrape({ 'proc/uptime': '12.34 1.00\n' }, { system: null });
  expect(w.points()).toEqual({ 'system.uptime': { '': 12.34 } });
});

/** A process of a host, as files. */
function processFiles(
  pid: number,
  name: string,
  state: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const fields = [
    1,
    pid,
    pid,
    0,
    -1,
    0,
    11,
    0,
    12,
    0,
    150,
    50,
    0,
    0,
    20,
    0,
    3,
    0,
    1000,
    0,
    0,
    ...Array.from({ length: 17 }, () => 0),
    25,
  ];
  const files = {
    stat: `${pid} (${name}) ${state} ${fields.join(' ')}\n`,
    statm: '200 100 0 0 0 0 0\n',
    io: 'rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n',
    cmdline: `/usr/bin/${name}\0--flag\0`,
    status: `Uid:\t0\t0\t0\t0\nSigPnd:\t0000000000000003\nShdPnd:\t0000000000000000\n`,
    cgroup: `0::/system.slice/${name}.service\n`,
    'fd/0': '',
    'fd/1': '',
    [`task/${pid}/status`]: 'voluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t6\n',
    'task/9999/status': 'voluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t1\n',
    ...more,
  };
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`proc/${pid}/${file}`, text]));
}

it('processes are counted by state; of those that run and wait, the kernel says how many', async () => {
  await using w = await scrape(
    {
      ...processFiles(1, 'init', 'S'),
      ...processFiles(2, 'odd) R (', 'I'),
      ...processFiles(3, 'gone', 'Z'),
      ...processFiles(4, 'new', 'X'),
      ...processFiles(5, 'busy', 'R'),
    },
    { processes: null },
  );
  expect(w.points()).toEqual({
    'system.processes.count': { sleeping: 1, idle: 1, zombies: 1, unknown: 1, running: 2, blocked: 1 },
    'system.processes.created': { '': 4711 },
  });
});

describe('process', () => {
  const passwd = { 'etc/passwd': 'root:x:0:0::/root:/bin/sh\n' };
  const startMs = 1_700_000_060_000;
  const all = Object.fromEntries(
    [
      'process.context_switches',
      'process.cpu.utilization',
      'process.disk.operations',
      'process.memory.utilization',
      'process.open_file_descriptors',
      'process.paging.faults',
      'process.signals_pending',
      'process.threads',
      'process.uptime',
    ].map((name) => [name, on]),
  );

  it('has all that the kernel says of one', async () => {
    await using w = await scrape(
      { ...processFiles(42, 'app', 'S'), ...passwd, 'proc/meminfo': meminfo },
      { process: { metrics: all, resource_attributes: { 'process.cgroup': on } } },
      { startMs },
    );
    expect(w.points()).toEqual({
      'process.context_switches': { involuntary: 7, voluntary: 6 },
      'process.cpu.time': { user: 1.5, system: 0.5, wait: 0.25 },
      'process.disk.io': { read: 1, write: 2 },
      'process.disk.operations': { read: 3, write: 4 },
      'process.memory.usage': { '': 409_600 },
      'process.memory.utilization': { '': 0.4 },
      'process.memory.virtual': { '': 819_200 },
      'process.open_file_descriptors': { '': 2 },
      'process.paging.faults': { major: 12, minor: 11 },
      'process.signals_pending': { '': 2 },
      'process.threads': { '': 3 },
      'process.uptime': { '': 51 },
    });
    const [metrics] = w.sink.batches as readonly Metrics[];
    const [group] = metrics!.resourceMetrics();
    expect(Object.fromEntries(group!.resource.attributes)).toEqual({
      'process.cgroup': '0::/system.slice/app.service',
      'process.command': '/usr/bin/app',
      'process.command_line': '/usr/bin/app --flag',
      'process.executable.name': 'app',
      'process.owner': 'root',
      'process.parent_pid': 1,
      'process.pid': 42,
    });
    const time = [...metrics!.metrics()].find(({ name }) => name === 'process.cpu.time')!;
    const [point] = time.sum!.dataPoints();
    expect(point!.startTimeUnixNano).toBe(1_700_000_010_000_000_000n);
  });

  it('has its share of all CPUs since the last scrape, unless its number is that of another by then', async () => {
    const { writeFileSync } = await import('node:fs');
    const root = hostRoot({ ...processFiles(42, 'app', 'S'), ...processFiles(43, 'other', 'S'), ...passwd });
    await using w = await world(
      {
        root_path: root,
        collection_interval: '10s',
        scrapers: {
          process: {
            metrics: { 'process.cpu.utilization': on },
            include: { names: ['app'], match_type: 'strict' },
          },
        },
      },
      { startMs },
    );
    const stat = processFiles(42, 'app', 'S')['proc/42/stat']!;
    writeFileSync(path.join(root, 'proc/42/stat'), stat.replace(' 150 50 ', ' 1150 50 '));
    await w.tick();
    expect(w.points()['process.cpu.utilization']).toEqual({ user: 0.5, system: 0, wait: 0 });
    writeFileSync(path.join(root, 'proc/42/stat'), stat.replace(' 1000 ', ' 1001 '));
    await w.tick();
    expect(w.points()['process.cpu.utilization']).toBeUndefined();
  });

  const names = (w: World): unknown[] =>
    w.sink.batches.flatMap((batch) =>
      [...(batch as unknown as Metrics).resourceMetrics()].map(({ resource }) =>
        resource.attributes.get('process.executable.name'),
      ),
    );

  it.each([
    [{ include: { names: ['^app'], match_type: 'regexp' } }, ['app', 'apply']],
    [{ exclude: { names: ['app'], match_type: 'strict' } }, ['apply', 'db']],
    [{ scrape_process_delay: '1m' }, []],
    [
      {
        resource_attributes: {
          'process.command': { enabled: false, metrics_exclude: [{ regexp: '^/usr/bin/d' }] },
        },
      },
      ['app', 'apply'],
    ],
    [{ resource_attributes: { 'process.owner': { metrics_include: [{ strict: 'nobody' }] } } }, []],
  ] as const)('with %j has %j', async (config, expected) => {
    await using w = await scrape(
      {
        ...processFiles(42, 'app', 'S'),
        ...processFiles(43, 'apply', 'S'),
        ...processFiles(44, 'db', 'S'),
        ...passwd,
      },
      { process: config },
      { startMs },
    );
    expect(names(w)).toEqual(expected);
  });

  it('counts bytes of disks where disk_io is storage', async () => {
    await using w = await scrape(
      { ...processFiles(42, 'app', 'S'), ...passwd },
      { process: { disk_io: 'storage' } },
      { startMs },
    );
    expect(w.points()['process.disk.io']).toEqual({ read: 5, write: 6 });
  });

  /** A host on which some files of processes cannot be read. */
  const failing = (code: string, file: RegExp): WorldOptions => {
    const fail = (place: string): void => {
      if (file.test(place)) throw Object.assign(new Error(`${code}: ${path.basename(place)}`), { code });
    };
    return {
      startMs,
      system: {
        files: {
          ...realFiles,
          open(place) {
            fail(place);
            return realFiles.open(place);
          },
          readlink(place) {
            fail(place);
            return '/usr/bin/app';
          },
        },
      },
    };
  };

  it.each([
    [/\/exe$/, 'error reading process executable for pid 42: EACCES: exe', 'mute_process_exe_error'],
    [/\/io$/, 'error reading disk usage for pid 42: EACCES: io', 'mute_process_io_error'],
    [/42\/cmdline$/, 'error reading process name for pid 42: EACCES: cmdline', 'mute_process_name_error'],
    [/42\/status$/, 'error reading username for pid 42: EACCES: status', 'mute_process_user_error'],
    [/42\/cgroup$/, 'error reading process cgroup for pid 42: EACCES: cgroup', 'mute_process_cgroup_error'],
    [/42\/statm$/, 'error reading memory info for pid 42: EACCES: statm', 'mute_process_all_errors'],
  ] as const)(
    'where %s cannot be read, says so, keeps the rest, and can be silent about it',
    async (file, error, mute) => {
      const files = { ...processFiles(42, 'app', 'S'), ...passwd };
      const resource_attributes = { 'process.cgroup': on };
      await using w = await scrape(files, { process: { resource_attributes } }, failing('EACCES', file));
      expect(w.errors()).toEqual([error]);
      expect(w.points()['process.cpu.time']).toBeDefined();
      await using silent = await scrape(
        files,
        { process: { resource_attributes, [mute]: true } },
        failing('EACCES', file),
      );
      expect(silent.errors()).toEqual([]);
      expect(silent.points()['process.cpu.time']).toBeDefined();
    },
  );

  it('a user without a name is an error, and the attribute is left out', async () => {
    await using w = await scrape(processFiles(42, 'app', 'S'), { process: null }, failing('ENOENT', /exe$/));
    expect(w.errors()).toEqual(['error reading username for pid 42: user: unknown userid 0']);
  });

  it('what vanishes while it is read is no error', async () => {
    const files = { ...processFiles(42, 'app', 'S'), ...passwd };
    for (const [code, file] of [
      ['ENOENT', /\/42\//],
      ['ESRCH', /\/42\/(io|statm|cmdline|status|exe)$/],
    ] as const) {
      await using w = await scrape(files, { process: { metrics: all } }, failing(code, file));
      expect(w.errors()).toEqual([]);
    }
  });
});
