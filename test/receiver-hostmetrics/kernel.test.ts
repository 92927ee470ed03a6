import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, statfsSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import process from 'node:process';
import type { Metrics } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { pointsOf, world } from './support.js';

// The whole receiver on the real host, held against what the kernel and other programs say at the same moment.

const isLinux = process.platform === 'linux';
const has = (program: string): boolean =>
  ['/usr/bin', '/bin', '/usr/sbin', '/sbin'].some((folder) => existsSync(`${folder}/${program}`));

/** The number behind a key of a file of the kernel. */
const kernel = (file: string, key: string): number =>
  Number(new RegExp(`^${key}:?\\s+(\\d+)`, 'm').exec(readFileSync(file, 'latin1'))![1]);

/** What a counter says before and after, with the value in between. */
async function between<T>(
  ask: () => number,
  measure: () => Promise<T>,
  value: (found: T) => number,
): Promise<void> {
  const before = ask();
  const found = await measure();
  const after = ask();
  expect(value(found)).toBeGreaterThanOrEqual(before);
  expect(value(found)).toBeLessThanOrEqual(after);
}

describe.skipIf(!isLinux)('on this host', () => {
  it('CPU times are those of /proc/stat', async () => {
    const columns = ['user', 'nice', 'system', 'idle'];
    const ask = (column: number) => (): number =>
      Number(/^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1'))![1]!.split(' ')[column]) / 100;
    const before = columns.map((_, i) => ask(i)());
    await using w = await world({ scrapers: { cpu: null } });
    const after = columns.map((_, i) => ask(i)());
    columns.forEach((state, i) => {
      const value = w.points()['system.cpu.time']![state]!;
      // The kernel adds the ticks of each CPU up before it cuts them to whole ones.
      expect(value).toBeGreaterThanOrEqual(before[i]! - 0.05);
      expect(value).toBeLessThanOrEqual(after[i]! + 0.05);
    });
    expect(w.points()['system.cpu.logical.count']!['']).toBe(
      readFileSync('/proc/cpuinfo', 'latin1').match(/^processor\s*:/gm)!.length,
    );
  });

  it.skipIf(!has('free'))('memory is what free says', async () => {
    const free = (): readonly number[] =>
      /^Mem: +(.*)$/m
        .exec(execFileSync('free', ['-b'], { encoding: 'utf8' }))![1]!
        .split(/ +/)
        .map(Number);
    await using w = await world({
      scrapers: { memory: { metrics: { 'system.memory.limit': { enabled: true } } } },
    });
    const [total, , unused] = free();
    const { used, free: found, buffered, cached } = w.points()['system.memory.usage']!;
    expect(w.points()['system.memory.limit']!['']).toBe(total);
    // The two cannot be asked at once: other programs, such as other tests, use some in between.
    const near = 1024 * 1024 * 1024;
    expect(Math.abs(found! - unused!)).toBeLessThan(near);
    expect(used! + kernel('/proc/meminfo', 'MemAvailable') * 1024 - total!).toBeLessThan(near);
    expect(Math.abs(buffered! + cached! - free()[4]!)).toBeLessThan(near);
  });

  it.skipIf(!has('df'))('space is what df says', async () => {
    const df = (): readonly string[] =>
      execFileSync('df', ['-B1', '--output=source,size,used,avail', '/'], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .at(-1)!
        .split(/ +/);
    const type = execFileSync('df', ['--output=fstype', '/'], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .at(-1)!;
    await using w = await world({
      scrapers: {
        filesystem: {
          include_virtual_filesystems: true,
          include_mount_points: { match_type: 'strict', mount_points: ['/'] },
          include_fs_types: { match_type: 'strict', fs_types: [type] },
        },
      },
    });
    const [, size, used, available] = df().map(Number);
    const usage = Object.entries(w.points()['system.filesystem.usage']!);
    const of = (state: string): number => usage.find(([key]) => key.endsWith(` ${state}`))![1];
    const near = 256 * 1024 * 1024;
    expect(of('used') + of('free') + of('reserved')).toBe(size);
    expect(Math.abs(of('used') - used!)).toBeLessThan(near);
    expect(Math.abs(of('free') - available!)).toBeLessThan(near);
    const inodes = Object.entries(w.points()['system.filesystem.inodes.usage']!);
    expect(inodes.reduce((sum, [, value]) => sum + value, 0)).toBe(statfsSync('/').files);
  });

  it.skipIf(!has('ip'))('traffic is what ip says', async () => {
    interface Link {
      readonly ifname: string;
      readonly stats64: Readonly<Record<'rx' | 'tx', Readonly<Record<string, number>>>>;
    }
    const links = (): readonly Link[] =>
      JSON.parse(execFileSync('ip', ['-s', '-j', 'link'], { encoding: 'utf8' })) as Link[];
    const before = links();
    await using w = await world({ scrapers: { network: null } });
    const after = links();
    const points = w.points();
    before.forEach(({ ifname, stats64 }, i) => {
      for (const [direction, side] of [
        ['receive', 'rx'],
        ['transmit', 'tx'],
      ] as const) {
        for (const key of ['bytes', 'packets', 'errors'] as const) {
          const name = `system.network.${key === 'bytes' ? 'io' : key}`;
          const value = points[name]![`${ifname} ${direction}`]!;
          expect(value).toBeGreaterThanOrEqual(stats64[side][key]!);
          expect(value).toBeLessThanOrEqual(after[i]!.stats64[side][key]!);
        }
      }
    });
  });

  it('disks have the counters of /proc/diskstats', async () => {
    const sectors = (): ReadonlyMap<string, number> =>
      new Map(
        readFileSync('/proc/diskstats', 'latin1')
          .trim()
          .split('\n')
          .map((line) => line.trim().split(/ +/))
          .filter((fields) => fields.slice(3, 14).some((value) => value !== '0'))
          .map((fields) => [fields[2]!, Number(fields[5])]),
      );
    const before = sectors();
    await using w = await world({ scrapers: { disk: null } });
    const after = sectors();
    const io = w.points()['system.disk.io'] ?? {};
    for (const [device, low] of before) {
      expect(io[`${device} read`]).toBeGreaterThanOrEqual(low * 512);
      expect(io[`${device} read`]).toBeLessThanOrEqual(after.get(device)! * 512);
    }
    expect(Object.keys(io)).toHaveLength(after.size * 2);
  });

  it('page faults are counts', async () => {
    await between(
      () => kernel('/proc/vmstat', 'pgfault') - kernel('/proc/vmstat', 'pgmajfault'),
      async () => {
        await using w = await world({ scrapers: { paging: null } });
        return w.points();
      },
      (points) => points['system.paging.faults']!['minor']!,
    );
  });

  it('load, uptime and processes are those of /proc', async () => {
    await using w = await world({ scrapers: { load: null, system: null, processes: null } });
    const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
    const [metrics] = w.sink.batches as readonly Metrics[];
    const points = pointsOf(metrics!.metrics());
    expect(uptime - points['system.uptime']!['']!).toBeLessThan(5);
    expect(points['system.cpu.load_average.15m']!['']).toBeCloseTo(
      Number(readFileSync('/proc/loadavg', 'latin1').split(' ')[2]),
      0,
    );
    const created = kernel('/proc/stat', 'processes');
    expect(points['system.processes.created']!['']).toBeLessThanOrEqual(created);
    expect(points['system.processes.count']!['running']).toBeGreaterThan(0);
  });

  it('counts a connection while it is there', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
      [Socket],
      unknown,
    ];
    try {
      await using w = await world({ scrapers: { network: { connections_interval: '0s' } } });
      const { 'tcp ESTABLISHED': established, 'tcp LISTEN': listening } =
        w.points()['system.network.connections']!;
      expect(established).toBeGreaterThanOrEqual(2);
      expect(listening).toBeGreaterThanOrEqual(1);
    } finally {
      client.destroy();
      accepted.destroy();
      server.close();
    }
  });

  it('knows this process', async () => {
    await using w = await world(
      {
        scrapers: {
          process: {
            metrics: {
              'process.threads': { enabled: true },
              'process.open_file_descriptors': { enabled: true },
              'process.context_switches': { enabled: true },
              'process.uptime': { enabled: true },
            },
            resource_attributes: {
              'process.pid': { metrics_include: [{ strict: String(process.pid) }] },
              'process.cgroup': { enabled: true },
            },
            mute_process_all_errors: true,
          },
        },
      },
      { startMs: Date.now() },
    );
    const [metrics] = w.sink.batches as readonly Metrics[];
    const resources = [...metrics!.resourceMetrics()].map(({ resource }) =>
      Object.fromEntries(resource.attributes),
    );
    const command = readFileSync('/proc/self/cmdline', 'utf8')
      .split('\0')
      .filter((word) => word !== '');
    expect(resources).toEqual([
      expect.objectContaining({
        'process.pid': process.pid,
        'process.parent_pid': process.ppid,
        'process.executable.path': readlinkSync('/proc/self/exe'),
        'process.command': command[0],
        'process.command_line': command.join(' '),
        'process.cgroup': readFileSync('/proc/self/cgroup', 'utf8').trimEnd(),
      }),
    ]);
    const points = w.points();
    const usage = process.cpuUsage();
    expect(points['process.cpu.time']!['user']).toBeLessThanOrEqual(usage.user / 1e6 + 0.02);
    expect(points['process.cpu.time']!['user']).toBeGreaterThan(0);
    expect(points['process.memory.usage']!['']! / process.memoryUsage.rss()).toBeGreaterThan(0.5);
    expect(points['process.memory.usage']!['']! / process.memoryUsage.rss()).toBeLessThan(2);
    expect(Math.abs(points['process.uptime']!['']! - process.uptime())).toBeLessThan(5);
    expect(points['process.open_file_descriptors']!['']).toBeGreaterThan(2);
    expect(points['process.context_switches']!['voluntary']).toBeGreaterThan(0);
  });
});
