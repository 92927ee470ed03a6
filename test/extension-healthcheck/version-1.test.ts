import { describe, expect, it } from 'vitest';
import { checked, get, running, until } from './support.js';

const unavailable = { status: 'Server not available', upSince: '0001-01-01T00:00:00Z', uptime: '' };

describe('the answer of version 1', () => {
  it('is 503 until all pipelines have started, and again as soon as the shutdown begins', async () => {
    const { collector, traces, get: ask } = checked();
    const go = traces.holdStart();
    const starting = collector.start();
    await until(() => collector.addresses()['health_check'] !== undefined);
    expect(await ask('/')).toMatchObject({ status: 503, type: 'application/json', body: unavailable });

    go();
    await starting;
    expect(await ask('/')).toMatchObject({
      status: 200,
      type: 'application/json',
      body: { status: 'Server available', upSince: '2026-01-01T00:00:00.000Z', uptime: '0s' },
    });

    const end = traces.holdShutdown();
    const stopping = collector.shutdown();
    expect(await ask('/')).toMatchObject({ status: 503, body: unavailable });
    end();
    await stopping;
  });

  it('tells how long it has been available', async () => {
    const { clock, get: ask } = await running();
    await clock.advance('1m2.3s');
    expect((await ask('/')).body).toMatchObject({ upSince: '2026-01-01T00:00:00.000Z', uptime: '1m2.3s' });
  });

  it('does not depend on how the components do', async () => {
    const { traces, get: ask } = await running();
    traces.report('permanent_error');
    expect((await ask('/')).status).toBe(200);
  });

  it('has the bodies that are written, also empty ones', async () => {
    const { collector, address, get: ask, traces } = checked({ response_body: { healthy: 'fine' } });
    await collector.start();
    expect(await ask('/')).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8', text: 'fine' });
    const end = traces.holdShutdown();
    const http = address('http');
    const stopping = collector.shutdown();
    expect(await get(http, '/')).toMatchObject({ status: 503, text: '' });
    end();
    await stopping;
  });

  it.each([
    ['/', '/', 200],
    ['/', '/anything?x=1', 200],
    ['/health', '/health', 200],
    ['/health', '/health?x=1', 200],
    ['/health', '/health/', 404],
    ['/health', '/', 404],
    ['/health/', '/health/live', 200],
    ['/health/', '/healthy', 404],
  ])('at %s: %s is %i', async (path, asked, status) => {
    const { get: ask } = await running({ path });
    expect((await ask(asked)).status).toBe(status);
  });

  it.each(['HEAD', 'POST', 'OPTIONS'])('is given to %s too', async (method) => {
    const { address } = await running();
    expect((await get(address('http'), '/', method)).status).toBe(200);
  });
});

it('warns where a check of the pipeline is asked for, which has no effect', async () => {
  const warning = 'warn: check_collector_pipeline has no effect: use component_health, with use_v2';
  const asked = await running({ check_collector_pipeline: { enabled: true } });
  expect(asked.lines).toContain(warning);
  const notAsked = await running({ check_collector_pipeline: { interval: '1m' } });
  expect(notAsked.lines).not.toContain(warning);
});
