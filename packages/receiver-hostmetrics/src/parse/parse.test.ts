import { describe, expect, it } from 'vitest';
import { parseAuxv } from './auxv.js';
import { parseCpuInfo } from './cpuinfo.js';
import { parseDiskStats } from './diskstats.js';
import { numbersByKey } from './fields.js';
import { parseLoad, parseUptime } from './load.js';
import { parseFilesystems, parseMountInfo, parseMounts } from './mounts.js';
import { countTcp, noConnections, parseNetDev } from './net.js';
import { nameOf, parseCommandLine, parsePasswd, parsePidStat, parsePidStatus } from './pid.js';
import { parseStat } from './stat.js';
import { parseSwaps } from './swaps.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('/proc/stat', () => {
  it('has a line for each CPU that is online, and that of all is left out', () => {
    const { cpus } = parseStat(
      bytes('cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu3 1 2 3 4 5 6 7\n'),
    );
    expect(cpus).toEqual([
      { cpu: 'cpu0', user: 1, nice: 2, system: 3, idle: 4, wait: 5, interrupt: 6, softirq: 7, steal: 8 },
      { cpu: 'cpu3', user: 1, nice: 2, system: 3, idle: 4, wait: 5, interrupt: 6, softirq: 7, steal: 0 },
    ]);
  });

  it('leaves out a CPU whose line is cut off', () => {
    expect(parseStat(bytes('cpu0 1 2 3')).cpus).toEqual([]);
  });

  it('says nothing of what does not stand there', () => {
    expect(parseStat(bytes(''))).toEqual({
      cpus: [],
      bootTime: NaN,
      created: NaN,
      running: NaN,
      blocked: NaN,
    });
  });
});

it('/proc/cpuinfo: clock rates and cores, where the machine says them', () => {
  const x86 = 'processor\t: 1\nphysical id\t: 0\ncore id\t\t: 3\ncpu MHz\t\t: 2445.404\n\n';
  expect(parseCpuInfo(bytes(`${x86}processor\t: 2\nBogoMIPS\t: 50.00\n`))).toEqual([
    { processor: 1, mhz: 2445.404, core: '0/3' },
    { processor: 2, mhz: undefined, core: undefined },
  ]);
});

describe('/proc/diskstats', () => {
  it('has twenty fields since 5.5, and fourteen before', () => {
    const line = '   8       1 sda1 1 2 3 4 5 6 7 8 9 10 11';
    const [old, recent] = parseDiskStats(bytes(`${line}\n${line} 12 13 14 15 16 17\n`));
    expect(old).toEqual({
      device: 'sda1',
      reads: 1,
      readsMerged: 2,
      sectorsRead: 3,
      readMs: 4,
      writes: 5,
      writesMerged: 6,
      sectorsWritten: 7,
      writeMs: 8,
      pending: 9,
      busyMs: 10,
      weightedMs: 11,
    });
    expect(recent).toEqual(old);
  });

  it('leaves out a device that nobody has used, and a line that is cut off', () => {
    expect(parseDiskStats(bytes('7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n8 0 sda 1 2 3 4 5 6 7 8 9 10\n'))).toEqual(
      [],
    );
  });
});

describe('the table of mounts', () => {
  it('may have any number of optional fields, blanks in names, and parts of file systems', () => {
    const text = [
      '36 35 98:0 / /mnt\\040a rw,noatime master:1 shared:2 - ext4 /dev/sda1 rw,errors=continue',
      '37 35 98:0 /sub /b ro - btrfs /dev/sdb rw',
      '38 35 98:0 / /gr\\303\\274n\\134 relatime - ext4 /dev/sdc rw',
      '39 35 98:0 / /cut rw -',
    ];
    expect(parseMountInfo(bytes(text.join('\n')))).toEqual([
      {
        device: '/dev/sda1',
        deviceId: '98:0',
        mountpoint: '/mnt a',
        type: 'ext4',
        mode: 'rw',
        isPart: false,
      },
      { device: '/dev/sdb', deviceId: '98:0', mountpoint: '/b', type: 'btrfs', mode: 'ro', isPart: true },
      {
        device: '/dev/sdc',
        deviceId: '98:0',
        mountpoint: '/grün\\',
        type: 'ext4',
        mode: 'unknown',
        isPart: false,
      },
    ]);
  });

  it('may be the older one', () => {
    expect(parseMounts(bytes('/dev/sda1 / ext4 rw,relatime 0 0\ncut off\n'))).toEqual([
      { device: '/dev/sda1', deviceId: undefined, mountpoint: '/', type: 'ext4', mode: 'rw', isPart: false },
    ]);
  });

  it('has types that stand on devices', () => {
    expect([...parseFilesystems(bytes('nodev\ttmpfs\n\text4\n\txfs\n'))]).toEqual(['ext4', 'xfs', 'zfs']);
  });
});

describe('/proc/net', () => {
  it('an interface may have colons in its name, and no blank behind it', () => {
    const [alias, tight] = parseNetDev(
      bytes(
        'Inter-|   Receive\n face |bytes\neth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\nlo:1 2 3 4 5 6 7 8 9 10 11 12 0 0 0 0\n',
      ),
    );
    expect(alias).toEqual({
      device: 'eth0:1',
      receive: { bytes: 1, packets: 2, errors: 3, dropped: 4 },
      transmit: { bytes: 9, packets: 10, errors: 11, dropped: 12 },
    });
    expect(tight!.device).toBe('lo');
  });

  it('connections of both families are counted by state', () => {
    const counts = noConnections();
    const line = (n: number, address: string, state: string): string =>
      `${String(n).padStart(4)}: ${address}:07E8 ${address}:0000 ${state} 00000000:00000000 00:00000000\n`;
    const long = '0'.repeat(32);
    countTcp(
      bytes(
        `  sl  local_address rem_address   st\n${line(0, '0100007F', '01')}${line(1, long, '01')}${line(12345, long, '0A')}${line(2, long, '0C')}${line(3, long, '04')}${line(4, long, 'FF')}`,
      ),
      counts,
    );
    expect(counts).toEqual({ ...noConnections(), ESTABLISHED: 2, LISTEN: 1, SYN_RECV: 1, FIN_WAIT_1: 1 });
  });
});

it('/proc/swaps: sizes are in KiB', () => {
  expect(parseSwaps(bytes('Filename\tType\tSize\tUsed\tPriority\n/dev/zram0 partition 100 7 5\n'))).toEqual([
    { device: '/dev/zram0', size: 102_400, used: 7168 },
  ]);
});

it('/proc/meminfo and /proc/vmstat: numbers by their names', () => {
  expect([...numbersByKey(bytes('MemTotal:  24 kB\nActive(anon): 1 kB\npgfault 7\nbad: x\n'))]).toEqual([
    ['MemTotal', 24],
    ['Active(anon)', 1],
    ['pgfault', 7],
  ]);
});

it('/proc/loadavg and /proc/uptime: numbers, or none', () => {
  expect(parseLoad(bytes('0.14 0.05 0.28 3/87 19478\n'))).toEqual([0.14, 0.05, 0.28]);
  expect(parseLoad(bytes('0.14 x 0.28'))).toBeUndefined();
  expect(parseUptime(bytes('6417.39 12000.00\n'))).toBe(6417.39);
  expect(parseUptime(bytes(''))).toBeNaN();
});

describe('a process', () => {
  const fields = Array.from({ length: 50 }, (_, i) => String(i + 4)).join(' ');

  it('may have blanks, parentheses and line feeds in its name', () => {
    expect(parsePidStat(bytes(`7 (a) S (1\n2) R ${fields}\n`))).toEqual({
      comm: 'a) S (1\n2',
      state: 'R',
      parent: 4,
      minorFaults: 10,
      majorFaults: 12,
      user: 14,
      system: 15,
      threads: 20,
      started: 22,
      blockIo: 42,
    });
  });

  it('whose line is cut off is gone', () => {
    expect(parsePidStat(bytes('7 (a) S 1 2 3'))).toBeUndefined();
    expect(parsePidStat(bytes(''))).toBeUndefined();
  });

  it('has the bits of both masks as pending signals', () => {
    const status =
      'Uid:\t1000\t0\t0\t0\nSigPnd:\t0000000000000003\nShdPnd:\t8000000000000000\nvoluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t6\n';
    expect(parsePidStatus(bytes(status))).toEqual({
      uid: 1000,
      voluntarySwitches: 5,
      involuntarySwitches: 6,
      pendingSignals: 3,
    });
  });

  it.each([
    ['bash', '/bin/bash', 'bash'],
    ['a-very-long-nam', '/opt/a-very-long-name', 'a-very-long-name'],
    ['a-very-long-nam', 'something-else', 'a-very-long-nam'],
    ['a-very-long-nam', undefined, 'a-very-long-nam'],
    ['short', '/bin/shorter', 'short'],
  ])('whose name is cut at 15 bytes, %s of %s, is %s', (comm, command, name) => {
    expect(nameOf(comm, command)).toBe(name);
  });

  it('has words that end with NUL, empty ones among them', () => {
    expect(parseCommandLine(bytes('a\0\0b c\0'))).toEqual(['a', '', 'b c']);
    expect(parseCommandLine(bytes(''))).toEqual([]);
  });

  it('has a user with a name: the first of its number', () => {
    const users = parsePasswd(
      bytes('root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nbad\n:x:1:1\nme:x:1000:1\n'),
    );
    expect([...users]).toEqual([
      [0, 'root'],
      [1000, 'me'],
    ]);
  });
});

it('/proc/self/auxv: the size of pages and the length of ticks, else the usual ones', () => {
  const words = Buffer.alloc(64);
  [6n, 65_536n, 17n, 250n, 0n, 0n].forEach((word, i) => words.writeBigUInt64LE(word, i * 8));
  expect(parseAuxv(words, 8)).toEqual({ pageSize: 65_536, ticks: 250 });
  expect(parseAuxv(Buffer.alloc(0), 8)).toEqual({ pageSize: 4096, ticks: 100 });
});
