import fc from 'fast-check';
import { it } from 'vitest';
import { assertProperty } from '../../../../test/support/property.js';
import { parseAuxv } from './auxv.js';
import { parseCpuInfo } from './cpuinfo.js';
import { parseDiskStats } from './diskstats.js';
import { numbersByKey } from './fields.js';
import { parseLoad, parseUptime } from './load.js';
import { parseFilesystems, parseMountInfo, parseMounts } from './mounts.js';
import { countTcp, noConnections, parseNetDev } from './net.js';
import {
  nameOf,
  parseCommandLine,
  parsePasswd,
  parsePidMemory,
  parsePidStat,
  parsePidStatus,
} from './pid.js';
import { parseStat } from './stat.js';
import { parseSwaps } from './swaps.js';

const parsers: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  auxv: (bytes) => [parseAuxv(bytes, 8), parseAuxv(bytes, 4)],
  cpuinfo: parseCpuInfo,
  diskstats: parseDiskStats,
  'meminfo and vmstat': numbersByKey,
  loadavg: parseLoad,
  uptime: parseUptime,
  filesystems: parseFilesystems,
  mountinfo: parseMountInfo,
  mounts: parseMounts,
  tcp: (bytes) => countTcp(bytes, noConnections()),
  'net/dev': parseNetDev,
  cmdline: (bytes) => nameOf('a'.repeat(15), parseCommandLine(bytes)[0]),
  passwd: parsePasswd,
  statm: parsePidMemory,
  'pid/stat': parsePidStat,
  'pid/status': parsePidStatus,
  stat: parseStat,
  swaps: parseSwaps,
};

/** Lines as the kernel writes them, from which the property cuts, and in which it changes, at any place. */
const real = [
  'cpu0 1 2 3 4 5 6 7 8 9 10\nbtime 1700000000\n',
  '   8       0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n',
  'MemTotal:       24684092 kB\n',
  '22 27 0:21 / /a\\040b rw,relatime shared:3 - ext4 /dev/sda1 rw\n',
  'eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n',
  '   0: 0100007F:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1\n',
  `1 (a (b) c) S 0 ${'1 '.repeat(49)}\n`,
  'Name:\ta\nUid:\t0\t0\t0\t0\nSigPnd:\t0000000000000003\n',
  'processor\t: 0\ncpu MHz\t\t: 2400.000\n',
  '/dev/sda2 partition 1048572 12 -2\n',
  'root:x:0:0:root:/root:/bin/sh\n',
  '0.01 0.02 0.03 1/100 42\n',
];
const changed = fc
  .tuple(fc.constantFrom(...real), fc.nat(200), fc.nat(200), fc.uint8Array({ maxLength: 8 }))
  .map(([text, from, cut, put]) => {
    const bytes = Buffer.from(text.repeat(2));
    return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
  });
const anything = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  changed,
);

it.each(Object.entries(parsers))('%s: no input makes the parser throw', (_, parse) => {
  assertProperty(fc.property(anything, (bytes) => void parse(bytes)));
});

it('what is read of a table of connections does not depend on where it is cut into slices', () => {
  const line = real[5]!;
  assertProperty(
    fc.property(fc.nat(50), fc.nat(50), (first, second) => {
      const counts = noConnections();
      countTcp(Buffer.from(line.repeat(first)), counts);
      countTcp(Buffer.from(line.repeat(second)), counts);
      return counts.LISTEN === first + second;
    }),
  );
});
