import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
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

describe('the keys of the HTTP server', () => {
  it('set headers, and let scripts of other origins ask', async () => {
    const { address } = await running({
      response_headers: { 'X-Served-By': 'agent' },
      cors: { allowed_origins: ['https://*.example'], exposed_headers: ['X-Served-By'] },
    });
    const reply = await fetch(`http://${address('http')}/`, {
      headers: { origin: 'https://app.example', connection: 'close' },
    });
    const { headers } = reply;
    expect([
      headers.get('x-served-by'),
      headers.get('access-control-allow-origin'),
      headers.get('access-control-expose-headers'),
    ]).toEqual(['agent', 'https://app.example', 'X-Served-By']);
  });

  it('bound the body, and name its encodings', async () => {
    const { address } = await running({ max_request_body_size: 10, compression_algorithms: [''] });
    const post = (body: string, headers: Record<string, string>): Promise<Response> =>
      fetch(`http://${address('http')}/`, {
        method: 'POST',
        body,
        headers: { connection: 'close', ...headers },
      });
    expect((await post('x'.repeat(11), {})).status).toBe(413);
    expect((await post('x', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('x', {})).status).toBe(200);
  });

  it('close a connection after its reply', async () => {
    const { address } = await running({ keep_alives_enabled: false });
    const reply = await fetch(`http://${address('http')}/`);
    expect(reply.headers.get('connection')).toBe('close');
    await reply.text();
  });

  it('warn of headers for scripts of no origin', async () => {
    const { lines } = await running({ cors: { allowed_headers: ['X-Tenant'] } });
    expect(lines).toContain('warn: cors specifies allowed_headers but no allowed_origins, and has no effect');
  });
});

it('warns where a check of the pipeline is asked for, which has no effect', async () => {
  const warning = 'warn: check_collector_pipeline has no effect: use component_health, with use_v2';
  const asked = await running({ check_collector_pipeline: { enabled: true } });
  expect(asked.lines).toContain(warning);
  const notAsked = await running({ check_collector_pipeline: { interval: '1m' } });
  expect(notAsked.lines).not.toContain(warning);
});

it('fails the start where the address is taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  const endpoint = `127.0.0.1:${(holder.address() as AddressInfo).port}`;
  const { collector } = checked({ endpoint });
  await expect(collector.start()).rejects.toThrow(
    `failed to start extensions: "health_check": failed to bind to address ${endpoint}: listen EADDRINUSE`,
  );
});
