import * as dns from 'node:dns/promises';
import { systemRuntime } from '@tributary/collector';
import type { Runtime } from '@tributary/component';
import { dnsServer, virtualClock, type DnsServer, type VirtualClock } from '@tributary/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolverSchema, type DnsResolverConfig } from './config.js';
import { createDnsResolver } from './dns-resolver.js';
import type { Resolver } from './resolver.js';

let server: DnsServer;
let clock: VirtualClock;
let resolver: Resolver;
let told: string[];
let failures: string[];
let answers: number;

beforeEach(async () => {
  server = await dnsServer();
  clock = virtualClock();
  told = [];
  failures = [];
  answers = 0;
});
afterEach(async () => {
  await resolver.stop();
  await server.close();
  if (clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
});

async function start(config: DnsResolverConfig, overrides: Partial<Runtime> = {}): Promise<void> {
  const settings = resolverSchema.parse({ dns: config }).dns!;
  resolver = createDnsResolver(settings, systemRuntime({ clock, random: () => 0, ...overrides }));
  await resolver.start(
    (backends) => told.push(backends.join(' ')),
    (error) => failures.push(error.message),
    () => answers++,
  );
}

const ask = (config: Partial<DnsResolverConfig> = {}, overrides?: Partial<Runtime>): Promise<void> =>
  start({ hostname: 'gateways.example', server: server.address, ...config }, overrides);

/** Lets time pass until the next lookup, and that come to its end, which takes real messages. */
async function nextLookup(): Promise<void> {
  const { length } = server.questions;
  await clock.advance(clock.timers()[0]!.dueInMs!);
  await vi.waitFor(() => {
    expect(server.questions.length).toBeGreaterThan(length);
    expect(clock.timers()).toMatchObject([{ dueInMs: 5000 }]);
  });
}

describe('the dns resolver', () => {
  it('tells the addresses of both families, sorted, IPv6 in brackets, with the port if there is one', async () => {
    server.set('gateways.example', { a: ['10.0.0.2', '10.0.0.1'], aaaa: ['fd00::1'] });
    await ask();
    expect(told).toEqual(['10.0.0.1 10.0.0.2 [fd00::1]']);
    await resolver.stop();
    await ask({ port: 4317 });
    expect(told[1]).toBe('10.0.0.1:4317 10.0.0.2:4317 [fd00::1]:4317');
  });

  it('asks again at every interval and tells what has changed, another order not being a change', async () => {
    server.set('gateways.example', { a: ['10.0.0.3', '10.0.0.1', '10.0.0.2'] });
    await ask();
    server.set('gateways.example', { a: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] });
    await nextLookup();
    expect(told).toHaveLength(1);
    server.set('gateways.example', { a: ['10.0.0.1'] });
    await nextLookup();
    expect(told).toEqual(['10.0.0.1 10.0.0.2 10.0.0.3', '10.0.0.1']);
    expect([answers, failures]).toEqual([3, []]);
  });

  it('asks at the same moments as other agents, by the wall clock, each a little later by chance', async () => {
    clock = virtualClock({ startMs: Date.UTC(2026, 0, 1, 0, 0, 3) });
    await ask({}, { random: () => 0.5 });
    expect(clock.timers()).toMatchObject([{ dueInMs: 2050 }]);
    await resolver.stop();
    clock = virtualClock({ startMs: Date.UTC(2026, 0, 1) + 20 });
    await ask({}, { random: () => 0.5 });
    expect(clock.timers()).toMatchObject([{ dueInMs: 30 }]);
  });

  it.each(['SERVFAIL', 'NXDOMAIN', 'REFUSED'] as const)('keeps the backends after %s', async (failure) => {
    server.set('gateways.example', { a: ['10.0.0.1'] });
    await ask();
    server.set('gateways.example', failure);
    await nextLookup();
    expect(told).toEqual(['10.0.0.1']);
    expect(failures).toEqual([expect.stringContaining('failed to look up gateways.example: ')]);
    server.set('gateways.example', { a: ['10.0.0.2'] });
    await nextLookup();
    expect(told).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('starts although the first lookup fails, and tells the backends when one succeeds', async () => {
    await ask();
    expect([told, failures.length]).toEqual([[], 1]);
    server.set('gateways.example', { a: ['10.0.0.1'] });
    await nextLookup();
    expect(told).toEqual(['10.0.0.1']);
  });

  it('keeps the backends where a name has no address any more', async () => {
    server.set('gateways.example', { a: ['10.0.0.1'] });
    await ask();
    server.set('gateways.example', {});
    await nextLookup();
    expect(told).toEqual(['10.0.0.1']);
    expect(failures).toEqual(['failed to look up gateways.example: no address']);
  });

  it('takes one family where the other has always failed, and not where it has had addresses', async () => {
    server.set('gateways.example', { a: ['10.0.0.1'], aaaa: 'SERVFAIL' });
    await ask();
    server.set('gateways.example', { a: ['10.0.0.1'], aaaa: ['fd00::1'] });
    await nextLookup();
    server.set('gateways.example', { a: ['10.0.0.2'], aaaa: 'SERVFAIL' });
    await nextLookup();
    expect(told).toEqual(['10.0.0.1', '10.0.0.1 [fd00::1]']);
    expect(failures).toHaveLength(1);
  });

  it('gives up a lookup that has no answer in time, and asks again', async () => {
    server.set('gateways.example', 'silence');
    const starting = ask();
    await vi.waitFor(() => expect(server.questions.length).toBeGreaterThan(0));
    await clock.advance('1s');
    await starting;
    expect(failures).toEqual(['failed to look up gateways.example: no answer within 1000 ms']);
    server.set('gateways.example', { a: ['10.0.0.1'] });
    await nextLookup();
    expect(told).toEqual(['10.0.0.1']);
  });

  it('tells nothing after it was stopped, while it starts too', async () => {
    server.set('gateways.example', 'silence');
    const starting = ask();
    await vi.waitFor(() => expect(server.questions.length).toBeGreaterThan(0));
    await resolver.stop();
    await starting;
    await resolver.stop();
    expect([told, failures]).toEqual([[], []]);
  });

  it('reads an answer that does not fit into a datagram', async () => {
    const a = Array.from({ length: 250 }, (_, index) => `10.0.0.${index}`);
    server.set('gateways.example', { a });
    await ask();
    expect(told[0]?.split(' ')).toEqual(a.toSorted());
  });
});

describe('the dns resolver with srv', () => {
  it('takes hosts and ports from the records and asks for the addresses of the hosts', async () => {
    server.set('_otlp._tcp.gateways.example', {
      srv: [
        { target: 'a.gateways.example', port: 4317 },
        { target: 'b.gateways.example', port: 4318 },
        { target: 'a.gateways.example', port: 4319 },
      ],
    });
    server.set('a.gateways.example', { a: ['10.0.0.1'], aaaa: ['fd00::1'] });
    server.set('b.gateways.example', { a: ['10.0.0.2'] });
    await ask({ hostname: '_otlp._tcp.gateways.example', srv: true });
    expect(told).toEqual(['10.0.0.1:4317 10.0.0.1:4319 10.0.0.2:4318 [fd00::1]:4317 [fd00::1]:4319']);
  });

  it('takes the hosts by name with return_hostnames', async () => {
    server.set('gateways.example', { srv: [{ target: 'a.gateways.example', port: 4317 }] });
    await ask({ srv: true, return_hostnames: true });
    expect(told).toEqual(['a.gateways.example:4317']);
  });

  it('takes the first priority alone, and a host that has gone away out', async () => {
    server.set('gateways.example', {
      srv: [
        { target: 'a.gateways.example', port: 1, priority: 10 },
        { target: 'b.gateways.example', port: 1, priority: 20 },
        { target: 'gone.gateways.example', port: 1, priority: 10 },
      ],
    });
    server.set('a.gateways.example', { a: ['10.0.0.1'] });
    server.set('b.gateways.example', { a: ['10.0.0.2'] });
    await ask({ srv: true });
    expect(told).toEqual(['10.0.0.1:1']);
  });

  it('keeps the backends where the address of one host cannot be had', async () => {
    server.set('gateways.example', {
      srv: ['a', 'b'].map((name) => ({ target: `${name}.gateways.example`, port: 1 })),
    });
    server.set('a.gateways.example', { a: ['10.0.0.1'] });
    server.set('b.gateways.example', { a: ['10.0.0.2'] });
    await ask({ srv: true });
    server.set('b.gateways.example', 'SERVFAIL');
    await nextLookup();
    expect(told).toEqual(['10.0.0.1:1 10.0.0.2:1']);
    expect(failures).toHaveLength(1);
  });

  it.each([
    [[], 'ENODATA'],
    [[{ target: '.', port: 0 }], 'no SRV record with a host'],
    [[{ target: 'gone.example', port: 1 }], 'no address of the hosts in its SRV records'],
  ])('fails at the records %j', async (srv, message) => {
    server.set('gateways.example', { srv });
    await ask({ srv: true });
    expect(failures).toEqual([expect.stringContaining(message)]);
  });
});

describe('the dns resolver without a server of its own', () => {
  const of = (lookup: () => Promise<{ address: string; family: number }[]>): Partial<Runtime> => ({
    dns: { ...dns, lookup: lookup as unknown as Runtime['dns']['lookup'] },
  });

  it('looks names up as the system does, both families', async () => {
    const found = [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ];
    await start(
      { hostname: 'localhost', port: '4317' },
      of(() => Promise.resolve(found)),
    );
    expect(told).toEqual(['127.0.0.1:4317 [::1]:4317']);
  });

  it('lets no more than two lookups hang, which hold threads, and recovers when they end', async () => {
    type Found = { address: string; family: number }[];
    const hanging: ((found: Found) => void)[] = [];
    let lookup = (): Promise<Found> => new Promise((resolve) => hanging.push(resolve));
    const starting = start(
      { hostname: 'x' },
      of(() => lookup()),
    );
    await clock.advance('1s');
    await starting;
    await clock.advance('1m');
    expect(hanging).toHaveLength(2);
    expect(failures.slice(0, 3)).toEqual([
      'failed to look up x: no answer within 1000 ms',
      'failed to look up x: no answer within 1000 ms',
      'failed to look up x: 2 earlier lookups have not ended yet',
    ]);
    lookup = () => Promise.resolve([{ address: '10.0.0.2', family: 4 }]);
    for (const answer of hanging) answer([{ address: '10.0.0.1', family: 4 }]);
    await clock.advance('5s');
    expect(told).toEqual(['10.0.0.2']);
  });
});
