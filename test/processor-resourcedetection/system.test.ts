import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Runtime } from '@tributary/component';
import { expect, it } from 'vitest';
import { attributesOf } from '../../packages/processor-resourcedetection/src/attributes.js';
import { bench } from './support.js';

const detectors = ['system'] as const;
const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';

interface Names {
  readonly cname?: string;
  readonly a?: string;
  readonly ptr?: string;
  /** Nothing is ever answered. */
  readonly isSilent?: boolean;
}

/** DNS that knows one host. */
function dnsOf({ cname, a, ptr, isSilent = false }: Names): Runtime['dns'] {
  const answer = <T>(value: T | undefined): Promise<T[]> => {
    if (isSilent) return new Promise(() => {});
    return value === undefined ? Promise.reject(new Error('queryA ENOTFOUND')) : Promise.resolve([value]);
  };
  class Resolver {
    cancel(): void {}
    resolveCname = (): Promise<string[]> => answer(cname);
    resolve4 = (): Promise<string[]> => answer(a);
    resolve6 = (): Promise<string[]> => answer<string>(undefined);
    reverse = (): Promise<string[]> => answer(ptr);
  }
  const lookup = (): Promise<unknown> => answer(a === undefined ? undefined : { address: a, family: 4 });
  return { Resolver, lookup } as never;
}

const surroundings = { hostname: () => 'web', platform: 'linux', arch: () => 'x64' };

it.each<[string, Record<string, string>, Names, string]>([
  [
    'of /etc/hosts',
    { '/etc/hosts': '127.0.1.1 web.example.com web' },
    { cname: 'other.example.com' },
    'web.example.com',
  ],
  ['by CNAME', {}, { cname: 'web.example.net.', a: '10.0.0.1' }, 'web.example.net'],
  ['of its own where it has an address', {}, { a: '10.0.0.1' }, 'web'],
  ['of the kernel where DNS knows none', {}, {}, 'web'],
])('has the name %s', async (_, files, names, expected) => {
  const { start, pass } = bench({ detectors }, { surroundings, files, dns: dnsOf(names) });
  await start();
  expect(await pass()).toEqual({ 'host.name': expected, 'os.type': 'linux', schemaUrl });
});

it.each<[readonly ('dns' | 'os' | 'cname' | 'lookup')[], Names, string]>([
  [['cname'], { cname: 'c.example.com' }, 'c.example.com'],
  [['lookup'], { a: '10.0.0.1', ptr: 'p.example.com' }, 'p.example.com'],
  [['os', 'lookup'], { a: '10.0.0.1', ptr: 'p.example.com' }, 'web'],
  [['lookup', 'cname'], { cname: 'c.example.com' }, 'c.example.com'],
])('asks %j in that order', async (hostname_sources, names, expected) => {
  const config = { detectors, system: { hostname_sources } };
  const { start, pass } = bench(config, { surroundings, files: {}, dns: dnsOf(names) });
  await start();
  expect(await pass()).toMatchObject({ 'host.name': expected });
});

it('does not start where no source has a name', async () => {
  const config = { detectors, system: { hostname_sources: ['cname', 'lookup'] } } as const;
  const { start } = bench(config, { surroundings, files: {}, dns: dnsOf({}) });
  await expect(start()).rejects.toThrow('system: all hostname sources failed to get hostname');
});

it('gives DNS that is silent a second, and takes the next source', async () => {
  const { start, pass } = bench({ detectors }, { surroundings, files: {}, dns: dnsOf({ isSilent: true }) });
  expect(await start()).toBe(1000);
  expect(await pass()).toMatchObject({ 'host.name': 'web' });
});

it("has the kernel's name even where all the time went to DNS", async () => {
  const config = { detectors, timeout: '200ms' } as const;
  const { start, pass } = bench(config, { surroundings, files: {}, dns: dnsOf({ isSilent: true }) });
  expect(await start()).toBe(200);
  expect(await pass()).toMatchObject({ 'host.name': 'web' });
});

it.each([
  ['linux', 'linux'],
  ['darwin', 'darwin'],
  ['win32', 'windows'],
  ['sunos', 'solaris'],
  ['freebsd', 'freebsd'],
])('on %s the type is %s', async (platform, type) => {
  const { start, pass } = bench(
    { detectors },
    { surroundings: { ...surroundings, platform }, files: {}, dns: dnsOf({}) },
  );
  await start();
  expect(await pass()).toMatchObject({ 'os.type': type });
});

/** Every attribute is on. */
const resource_attributes = Object.fromEntries(
  Object.keys(attributesOf.system).map((name) => [name, { enabled: true }]),
);

it.runIf(process.platform === 'linux')('says of this machine what its own programs say', async () => {
  // Its files are read in real time.
  const config = {
    detectors,
    timeout: '0s',
    system: { resource_attributes, hostname_sources: ['os'] },
  } as const;
  const { start, pass } = bench(config);
  await start();
  const resource = await pass();
  const uname = (flag: string): string => execFileSync('uname', [flag], { encoding: 'utf8' }).trim();
  expect(resource['host.name']).toBe(uname('-n'));
  expect(resource['host.arch']).toBe({ x86_64: 'amd64', aarch64: 'arm64' }[uname('-m')]);
  expect(resource['os.description']).toContain(
    `Linux ${uname('-n')} ${uname('-r')} ${uname('-v')} ${uname('-m')}`,
  );
  expect(resource['os.type']).toBe('linux');
  const info = readFileSync('/proc/cpuinfo', 'utf8');
  const model = /^model name\s*: (.*)$/m.exec(info)?.[1];
  expect(resource['host.cpu.model.name']).toBe(model);
  const release = (key: string): string =>
    execFileSync('sh', ['-c', `. /etc/os-release; printf %s "$${key}"`], { encoding: 'utf8' });
  expect(resource['os.name']).toBe(release('ID'));
  const debian = existsSync('/etc/debian_version') && release('ID') === 'debian';
  expect(resource['os.version']).toBe(
    debian ? readFileSync('/etc/debian_version', 'utf8').trim() : release('VERSION_ID'),
  );
  const id = ['/etc/machine-id', '/var/lib/dbus/machine-id'].find(existsSync);
  expect(resource['host.id']).toBe(id && (readFileSync(id, 'utf8').trim() || undefined));
});

const linux = {
  '/etc/os-release': 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"\n',
  '/etc/machine-id': 'abc123\n',
};
const onLinux = {
  ...surroundings,
  release: () => '6.1.0-13',
  version: () => '#1 SMP',
  networkInterfaces: () => ({}),
};

it('reads files of a Linux that it is told of', async () => {
  const config = { detectors, system: { resource_attributes } };
  const { start, pass, lines } = bench(config, { surroundings: onLinux, files: linux, dns: dnsOf({}) });
  await start();
  expect(await pass()).toEqual({
    'host.name': 'web',
    'os.type': 'linux',
    'host.id': 'abc123',
    'host.arch': 'amd64',
    'os.description': 'Ubuntu 24.04 LTS (Linux web 6.1.0-13 #1 SMP x86_64)',
    'os.name': 'ubuntu',
    'os.version': '24.04',
    'os.build.id': '6.1.0-13',
    schemaUrl,
  });
  // There is no cpuinfo among them.
  expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
    expect.stringContaining('system: cannot read host.cpu.vendor.id'),
  ]);
});

it('has the point release of Debian, and the other places of files', async () => {
  const files = {
    '/usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\nNAME=Debian\nBUILD_ID=b1',
    '/etc/debian_version': '12.5\n',
    '/var/lib/dbus/machine-id': 'def456',
  };
  const config = { detectors, system: { resource_attributes } };
  const { start, pass } = bench(config, { surroundings: onLinux, files, dns: dnsOf({}) });
  await start();
  expect(await pass()).toMatchObject({
    'host.id': 'def456',
    'os.version': '12.5',
    'os.build.id': 'b1',
    'os.description': 'Debian (Linux web 6.1.0-13 #1 SMP x86_64)',
  });
});

it('warns of an ID that is not there, and starts', async () => {
  const config = { detectors, system: { resource_attributes: { 'host.id': { enabled: true } } } };
  const { start, pass, lines } = bench(config, { surroundings: onLinux, files: {}, dns: dnsOf({}) });
  await start();
  expect(await pass()).toEqual({ 'host.name': 'web', 'os.type': 'linux', schemaUrl });
  expect(lines.join('\n')).toContain('warn: system: cannot read host.id');
});

it('asks the programs of macOS', async () => {
  const said: Record<string, string> = {
    '/usr/bin/sw_vers': 'ProductName:\t\tmacOS\nProductVersion:\t\t14.5\nBuildVersion:\t\t23F79\n',
    '/usr/sbin/ioreg': '  {\n    "IOPlatformUUID" = "564D-77"\n  }\n',
  };
  const mac = {
    ...onLinux,
    platform: 'darwin',
    arch: () => 'arm64',
    release: () => '23.5.0',
    cpus: () => [{ model: 'Apple M3', speed: 1, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }],
    run: (program: string) => Promise.resolve(said[program]!),
  };
  const config = { detectors, system: { resource_attributes } };
  const { start, pass } = bench(config, { surroundings: mac, files: {}, dns: dnsOf({}) });
  await start();
  expect(await pass()).toEqual({
    'host.name': 'web',
    'os.type': 'darwin',
    'host.id': '564D-77',
    'host.arch': 'arm64',
    'host.cpu.model.name': 'Apple M3',
    'os.description': 'macOS 14.5 (Darwin 23.5.0)',
    'os.name': 'darwin',
    'os.version': '14.5',
    'os.build.id': '23F79',
    schemaUrl,
  });
});

it('asks the registry of Windows', async () => {
  const windows = {
    ...onLinux,
    platform: 'win32',
    release: () => '10.0.20348',
    version: () => 'Windows Server 2022 Standard',
    cpus: () => [],
    run: () => Promise.resolve('\r\nHKEY\r\n    MachineGuid    REG_SZ    11-22-33\r\n'),
  };
  const config = { detectors, system: { resource_attributes } };
  const { start, pass } = bench(config, { surroundings: windows, files: {}, dns: dnsOf({}) });
  await start();
  expect(await pass()).toMatchObject({
    'os.type': 'windows',
    'host.id': '11-22-33',
    'os.description': 'Windows Server 2022 Standard (10.0.20348)',
    'os.version': '10.0.20348',
    'os.build.id': '20348',
  });
});
