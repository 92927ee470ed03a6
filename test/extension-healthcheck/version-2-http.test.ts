import type { ComponentStatus } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { checked, running, until, type Reply } from './support.js';

const second = { use_v2: true, http: {} } as const;
const startedAt = '2026-01-01T00:00:00.000Z';

describe('the status of the collector', () => {
  it('is that of all its components', async () => {
    const { get } = await running(second);
    expect(await get('/status')).toEqual({
      status: 200,
      type: 'application/json',
      text: expect.any(String) as string,
      body: { start_time: startedAt, healthy: true, status: 'StatusOK', status_time: startedAt },
    });
  });

  it('tells of every pipeline and component where it is asked to', async () => {
    const { clock, traces, get } = await running(second);
    await clock.advance('1s');
    traces.report('recoverable_error', 'no route to host');
    const at = '2026-01-01T00:00:01.000Z';
    const ok = { healthy: true, status: 'StatusOK', status_time: startedAt };
    const ill = {
      healthy: true,
      status: 'StatusRecoverableError',
      error: 'no route to host',
      status_time: at,
    };
    const extensions = { ...ok, components: { 'extension:health_check': ok } };
    const audit = {
      ...ok,
      components: { 'exporter:nop': ok, 'exporter:patient/logs': ok, 'receiver:test': ok },
    };
    const ofTraces = { ...ill, components: { 'exporter:patient/traces': ill, 'receiver:test': ok } };
    const whole = {
      start_time: startedAt,
      ...ill,
      components: { extensions, 'pipeline:traces': ofTraces, 'pipeline:logs/audit': audit },
    };
    expect((await get('/status?verbose')).body).toEqual(whole);
    expect((await get('/status?verbose=true')).body).toEqual(whole);
    expect((await get('/status?pipeline=traces&verbose')).body).toEqual({
      start_time: startedAt,
      ...ofTraces,
    });
    expect((await get('/status?pipeline=extensions&verbose')).body).toEqual({
      start_time: startedAt,
      ...extensions,
    });
    for (const path of ['/status', '/status?verbose=false']) {
      expect((await get(path)).body).toEqual({ start_time: startedAt, ...ill });
    }
  });

  it('always tells of everything where the config says so', async () => {
    const { get } = await running({ use_v2: true, http: { status: { verbose: true } } });
    expect((await get('/status?pipeline=traces')).body).toHaveProperty('components');
  });

  it('is that of one pipeline where one is named, and 404 for one that there is not', async () => {
    const { traces, get } = await running(second);
    traces.report('permanent_error', 'no such index');
    expect((await get('/status?pipeline=traces')).body).toMatchObject({ error: 'no such index' });
    expect((await get('/status?pipeline=logs/audit')).body).toMatchObject({ status: 'StatusOK' });
    expect((await get('/status?pipeline=logs%2Faudit')).body).toMatchObject({ status: 'StatusOK' });
    expect(await get('/status?pipeline=logs')).toMatchObject({
      status: 404,
      text: 'no such pipeline: logs\n',
    });
  });

  it('knows all pipelines while they start, and is 503', async () => {
    const { collector, logs, get } = checked(second);
    const go = logs.holdStart();
    const starting = collector.start();
    await until(() => collector.addresses()['health_check'] !== undefined);
    for (const query of ['', '?pipeline=traces', '?pipeline=logs/audit']) {
      const { status, body } = await get(`/status${query}`);
      expect([status, body['healthy']]).toEqual([503, false]);
      expect(['StatusStarting', 'StatusNone']).toContain(body['status']);
    }
    go();
    await starting;
    expect((await get('/status')).status).toBe(200);
  });

  it('is 503 while the collector stops', async () => {
    const { collector, traces, get } = await running(second);
    const end = traces.holdShutdown();
    const stopping = collector.shutdown();
    expect(await get('/status')).toMatchObject({
      status: 503,
      body: { status: 'StatusStopping', healthy: false },
    });
    end();
    await stopping;
  });

  it('shows no error where that is not what it is about', async () => {
    const { collector, clock, traces, get } = await running(second);
    const end = traces.holdShutdown();
    const stopping = collector.shutdown();
    await clock.advance('1s');
    traces.report('recoverable_error');
    const { status, body } = await get('/status?verbose');
    expect([status, body['status'], body['error']]).toEqual([503, 'StatusStopping', undefined]);
    expect(body).toMatchObject({
      components: {
        'pipeline:traces': { components: { 'exporter:patient/traces': { error: 'the backend is gone' } } },
      },
    });
    end();
    await stopping;
  });

  it('is served where the config says, and nowhere else', async () => {
    const { get } = await running({ use_v2: true, http: { status: { path: '/health/status' } } });
    expect((await get('/health/status')).status).toBe(200);
    for (const path of ['/status', '/', '/config', '/health/status/'])
      expect((await get(path)).status).toBe(404);
  });

  it('is not served where it is turned off', async () => {
    const { get } = await running({ use_v2: true, http: { status: { enabled: false } } });
    expect((await get('/status')).status).toBe(404);
  });
});

describe('the code of a status', () => {
  const neither = {};
  const permanent = { include_permanent_errors: true };
  const recoverable = { include_recoverable_errors: true };
  const both = { ...permanent, ...recoverable };

  it.each<[ComponentStatus['status'], object, number]>([
    ['ok', both, 200],
    ['recoverable_error', neither, 200],
    ['recoverable_error', permanent, 200],
    ['recoverable_error', recoverable, 500],
    ['permanent_error', neither, 200],
    ['permanent_error', recoverable, 200],
    ['permanent_error', permanent, 500],
    ['fatal_error', neither, 500],
  ])('%s, where counted is %j: %i', async (status, counted, code) => {
    const { collector, traces, logs, get } = await running({ ...second, component_health: counted });
    // A fatal error ends the collector: the other exporter keeps it for as long as the test looks.
    const end = logs.holdShutdown();
    traces.report(status);
    const reply = await get('/status');
    expect([reply.status, reply.body['healthy']]).toEqual([code, code === 200]);
    expect((await get('/status?pipeline=traces')).status).toBe(code);
    end();
    await collector.shutdown();
  });

  it.each<[object, string]>([
    [neither, 'StatusPermanentError'],
    [permanent, 'StatusPermanentError'],
    [both, 'StatusPermanentError'],
    [recoverable, 'StatusRecoverableError'],
  ])('is that of the error that counts more, where counted is %j: %s', async (counted, status) => {
    const { traces, logs, get } = await running({ ...second, component_health: counted });
    traces.report('recoverable_error');
    logs.report('permanent_error');
    expect((await get('/status')).body).toMatchObject({ status });
  });

  it('is that of the oldest of several errors, which the others may come from', async () => {
    const { clock, traces, logs, get } = await running(second);
    logs.report('recoverable_error', 'the first');
    await clock.advance('1s');
    traces.report('recoverable_error', 'the second');
    expect((await get('/status')).body).toMatchObject({ error: 'the first', status_time: startedAt });
    logs.report('ok');
    expect((await get('/status')).body).toMatchObject({
      error: 'the second',
      status_time: '2026-01-01T00:00:01.000Z',
    });
  });
});

describe('the time to recover', () => {
  const config = {
    ...second,
    component_health: { include_recoverable_errors: true, recovery_duration: '5m' },
  } as const;
  const told = ({ status, body }: Reply): unknown[] => [status, body['healthy'], body['error']];

  it('is counted from the first error, however often it is repeated', async () => {
    const { clock, traces, get } = await running(config);
    traces.report('recoverable_error', 'once');
    await clock.advance('4m');
    traces.report('recoverable_error', 'twice');
    await clock.advance('59.999s');
    expect(told(await get('/status'))).toEqual([200, true, 'twice']);
    await clock.advance('1ms');
    expect(told(await get('/status'))).toEqual([500, false, 'twice']);
    expect((await get('/status')).body['status_time']).toBe(startedAt);
  });

  it('begins anew after a recovery', async () => {
    const { clock, traces, get } = await running(config);
    traces.report('recoverable_error');
    await clock.advance('6m');
    expect((await get('/status')).status).toBe(500);
    traces.report('ok');
    expect((await get('/status')).status).toBe(200);
    traces.report('recoverable_error');
    await clock.advance('4m');
    expect((await get('/status')).status).toBe(200);
    await clock.advance('1m');
    expect((await get('/status')).status).toBe(500);
  });
});
