import { describe, expect, it } from 'vitest';
import { check, checked, running, until, Watched } from './support.js';

const second = { use_v2: true, grpc: {} } as const;
const counted = {
  ...second,
  component_health: { include_recoverable_errors: true, recovery_duration: '5m' },
} as const;

describe('Check', () => {
  it('knows all, the extensions and each pipeline', async () => {
    const { address } = await running(second);
    for (const service of ['', 'extensions', 'traces', 'logs/audit'])
      expect(await check(address('grpc'), service)).toBe('SERVING');
    expect(await check(address('grpc'), 'logs')).toBe('5: Service not found.');
  });

  it('says what serves, by the rules of HTTP', async () => {
    const { clock, traces, address } = await running(counted);
    const grpc = address('grpc');
    traces.report('recoverable_error');
    expect(await check(grpc, 'traces')).toBe('SERVING');
    await clock.advance('5m');
    expect([await check(grpc), await check(grpc, 'traces'), await check(grpc, 'logs/audit')]).toEqual([
      'NOT_SERVING',
      'NOT_SERVING',
      'SERVING',
    ]);
    traces.report('permanent_error');
    expect(await check(grpc, 'traces')).toBe('SERVING');
  });

  it('does not serve while the collector starts and stops', async () => {
    const { collector, traces, address } = checked(second);
    const go = traces.holdStart();
    const end = traces.holdShutdown();
    const starting = collector.start();
    await until(() => collector.addresses()['health_check'] !== undefined);
    const grpc = address('grpc');
    expect(await check(grpc)).toBe('NOT_SERVING');
    go();
    await starting;
    expect(await check(grpc)).toBe('SERVING');
    const stopping = collector.shutdown();
    expect(await check(grpc)).toBe('NOT_SERVING');
    end();
    await stopping;
  });

  it.each([
    ['a field that is not known', Buffer.of(16, 1, 10, 6, ...Buffer.from('traces')), 'SERVING'],
    ['a name that ends too early', Buffer.of(10, 6, 116), /^3: index out of range/],
    ['a wire type that is none', Buffer.of(15), /^3: invalid wire type/],
  ])('answers a message with %s', async (_, message, answer) => {
    const { address } = await running(second);
    expect(await check(address('grpc'), message)).toMatch(answer);
  });
});

describe('Watch', () => {
  it('tells how it is, and then every change', async () => {
    const { traces, address } = await running({
      ...second,
      component_health: { include_permanent_errors: true, include_recoverable_errors: true },
    });
    const watched = new Watched(address('grpc'), 'traces');
    expect(await watched.next()).toBe('SERVING');
    traces.report('ok');
    traces.report('recoverable_error');
    expect(await watched.next()).toBe('NOT_SERVING');
    traces.report('recoverable_error', 'again');
    traces.report('ok');
    expect(await watched.next()).toBe('SERVING');
    traces.report('permanent_error');
    expect(await watched.next()).toBe('NOT_SERVING');
    expect(watched.rest).toEqual([]);
  });

  it('tells when the time to recover is over, without anything else happening', async () => {
    const { clock, traces, address } = await running(counted);
    const before = clock.pending;
    const watched = new Watched(address('grpc'));
    expect(await watched.next()).toBe('SERVING');
    traces.report('recoverable_error');
    await clock.advance('1m');
    traces.report('recoverable_error');
    await clock.advance('3m');
    const later = new Watched(address('grpc'), 'traces');
    expect(await later.next()).toBe('SERVING');
    // Its second look, before which no timer is set, comes when the first answer is sent.
    await until(() => clock.pending === before + 2);
    await clock.advance('1m');
    expect([await watched.next(), await later.next()]).toEqual(['NOT_SERVING', 'NOT_SERVING']);
    expect(clock.pending).toBe(before);
    traces.report('ok');
    expect([await watched.next(), await later.next()]).toEqual(['SERVING', 'SERVING']);
  });

  it('goes on where the service is not known', async () => {
    const { collector, address } = await running(second);
    const watched = new Watched(address('grpc'), 'nothing');
    expect(await watched.next()).toBe('SERVICE_UNKNOWN');
    await collector.shutdown();
    expect(await watched.next()).toBe('1: Server shutting down.');
  });

  it('sees the collector start and stop, and ends with it', async () => {
    const { collector, traces, address, clock } = checked(second);
    const go = traces.holdStart();
    const starting = collector.start();
    await until(() => collector.addresses()['health_check'] !== undefined);
    const watched = new Watched(address('grpc'));
    expect(await watched.next()).toBe('NOT_SERVING');
    go();
    await starting;
    expect(await watched.next()).toBe('SERVING');
    await collector.shutdown();
    expect([await watched.next(), await watched.next()]).toEqual(['NOT_SERVING', '1: Server shutting down.']);
    expect(clock.pending).toBe(0);
  });

  it('leaves nothing behind when the caller goes', async () => {
    const { clock, traces, address } = await running(counted);
    const before = clock.pending;
    traces.report('recoverable_error');
    const watched = new Watched(address('grpc'));
    expect(await watched.next()).toBe('SERVING');
    await until(() => clock.pending === before + 1);
    watched.call.cancel();
    await until(() => clock.pending === before);
    expect(await watched.next()).toMatch(/^1: Cancelled/);
  });
});

it('serves no other methods', async () => {
  const { address } = await running(second);
  expect(await check(address('grpc'), '', 'List')).toMatch(/^12: /);
});
