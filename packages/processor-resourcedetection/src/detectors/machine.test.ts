import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { parseCpuInfo } from './cpu.js';
import { nameInHosts } from './hostname.js';
import { addressesOf } from './interfaces.js';
import { parseOsRelease } from './operating-system.js';

it('reads os-release as a shell does', () => {
  const text = readFileSync('/etc/os-release', 'utf8');
  const shell = (key: string): string =>
    execFileSync('sh', ['-c', `. /etc/os-release; printf %s "$${key}"`], { encoding: 'utf8' });
  const release = parseOsRelease(text);
  for (const key of ['ID', 'PRETTY_NAME', 'VERSION_ID', 'HOME_URL'])
    expect(release.get(key) ?? '').toBe(shell(key));
});

it.each([
  ['ID=debian', { ID: 'debian' }],
  ['NAME="Say \\"hi\\" for \\$5"', { NAME: 'Say "hi" for $5' }],
  ["NAME='a\\\\b'", { NAME: 'a\\\\b' }],
  ['# ID=x\n\nID=y', { ID: 'y' }],
  ['ID="half', { ID: '"half' }],
  ['nonsense', {}],
])('os-release %j is %j', (text, expected) => {
  expect(Object.fromEntries(parseOsRelease(text))).toEqual(expected);
});

it('reads the first processor of /proc/cpuinfo on x86', () => {
  const one = (id: number, stepping: string): string =>
    [
      `processor\t: ${id}`,
      'vendor_id\t: GenuineIntel',
      'cpu family\t: 6',
      'model\t\t: 85',
      'model name\t: Intel(R) Xeon(R) Processor @ 2.50GHz',
      `stepping\t: ${stepping}`,
      'cache size\t: 33792 KB',
      '',
    ].join('\n');
  expect(parseCpuInfo(`${one(0, '7')}\n${one(1, '8')}`)).toEqual({
    'host.cpu.vendor.id': 'GenuineIntel',
    'host.cpu.family': '6',
    'host.cpu.model.id': '85',
    'host.cpu.model.name': 'Intel(R) Xeon(R) Processor @ 2.50GHz',
    'host.cpu.stepping': '7',
    'host.cpu.cache.l2.size': 33792 * 1024,
  });
});

it('reads /proc/cpuinfo on ARM, which has fewer fields', () => {
  const text =
    'processor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd0c\nCPU revision\t: 1\n';
  expect(parseCpuInfo(text)).toMatchObject({
    'host.cpu.vendor.id': '0x41',
    'host.cpu.family': '8',
    'host.cpu.model.id': '0xd0c',
    'host.cpu.stepping': '1',
    'host.cpu.model.name': undefined,
  });
  expect(parseCpuInfo('')['host.cpu.cache.l2.size']).toBeUndefined();
});

it.each([
  ['127.0.1.1 web.example.com web # this one\n', 'web', 'web.example.com'],
  ['# 127.0.1.1 x web\n10.0.0.1\tother', 'web', undefined],
  ['127.0.0.1 localhost', 'web', undefined],
  ['10.0.0.1 web', 'web', 'web'],
  ['', 'web', undefined],
])('in %j the full name of %s is %s', (table, host, expected) => {
  expect(nameInHosts(table, host)).toBe(expected);
});

it('has the addresses of the machine without those of the loopback, and its interfaces with it', () => {
  const { 'host.ip': ips = [], 'host.interface': names } = addressesOf(networkInterfaces());
  expect(ips.some((ip) => ip === '::1' || ip.startsWith('127.'))).toBe(false);
  expect(names).toEqual(Object.keys(networkInterfaces()));
});

it('writes MAC addresses as the conventions want them, each once', () => {
  const entry = (address: string, mac: string, internal = false) => ({
    address,
    mac,
    internal,
    netmask: '',
    family: 'IPv4' as const,
    cidr: null,
  });
  expect(
    addressesOf({
      lo: [entry('127.0.0.1', '00:00:00:00:00:00', true)],
      eth0: [entry('10.0.0.2', 'ac:de:48:23:45:67'), entry('10.0.0.3', 'ac:de:48:23:45:67')],
      tun0: [entry('10.8.0.1', '00:00:00:00:00:00')],
    }),
  ).toEqual({
    'host.ip': ['10.0.0.2', '10.0.0.3', '10.8.0.1'],
    'host.mac': ['AC-DE-48-23-45-67'],
    'host.interface': ['lo', 'eth0', 'tun0'],
  });
  expect(addressesOf({})).toEqual({});
});
