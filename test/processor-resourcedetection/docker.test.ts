import { expect, it } from 'vitest';
import { bench, nowhere, server, silence, type Reply, type Server } from './support.js';

const info = JSON.stringify({ ID: 'x', Name: 'build-7', OSType: 'linux', Containers: 3 });
const detectors = ['docker'] as const;
const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';

async function daemon(
  replies: Readonly<Record<string, Reply>>,
): Promise<Server & { readonly surroundings: object }> {
  const started = await server(replies, 'socket');
  return {
    ...started,
    surroundings: { endpoints: { ...nowhere, docker: started.url }, hostname: () => 'c0ffee' },
  };
}

it('asks the daemon at its socket for the host', async () => {
  const { surroundings, seen } = await daemon({ '/info': info });
  const { start, pass } = bench({ detectors }, { surroundings });
  await start();
  expect(await pass()).toEqual({ 'host.name': 'build-7', 'os.type': 'linux', schemaUrl });
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /info']);
});

it('asks for its own container where that is wanted', async () => {
  const container = JSON.stringify({ Name: '/agent', Image: 'sha256:abc' });
  const { surroundings } = await daemon({ '/info': info, '/containers/c0ffee/json': container });
  const resource_attributes = {
    'container.name': { enabled: true },
    'container.image.name': { enabled: true },
  };
  const { start, pass } = bench({ detectors, docker: { resource_attributes } }, { surroundings });
  await start();
  expect(await pass()).toMatchObject({ 'container.name': '/agent', 'container.image.name': 'sha256:abc' });
});

it('is in no container where the daemon does not know it', async () => {
  const { surroundings } = await daemon({ '/info': info });
  const resource_attributes = { 'container.name': { enabled: true } };
  const { start, pass, lines } = bench({ detectors, docker: { resource_attributes } }, { surroundings });
  await start();
  expect(await pass()).toEqual({ 'host.name': 'build-7', 'os.type': 'linux', schemaUrl });
  expect(lines.find((line) => line.startsWith('warn'))).toContain(
    'GET /containers/c0ffee/json is answered with 404',
  );
});

it('asks where DOCKER_HOST says', async () => {
  const { port } = await server({ '/info': info });
  const byPort = bench({ detectors }, { env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` } });
  await byPort.start();
  expect(await byPort.pass()).toMatchObject({ 'host.name': 'build-7' });
  const { url } = await daemon({ '/info': info });
  const bySocket = bench({ detectors }, { env: { DOCKER_HOST: `unix://${url}` } });
  await bySocket.start();
  expect(await bySocket.pass()).toMatchObject({ 'host.name': 'build-7' });
});

it.each<[string, Reply, string]>([
  ['500', 500, 'GET /info is answered with 500'],
  ['no JSON', 'Bad gateway', 'the answer to /info is no JSON'],
  ['another JSON', '[1]', 'the answer to /info is no JSON object'],
  [
    'an answer without end',
    (_, response) => void response.write('x'.repeat(5 << 20)),
    'an answer of more than 4194304 bytes',
  ],
  ['a broken connection', (request) => void request.socket.destroy(), 'socket hang up'],
  ['half an answer', (_, response) => void response.write('{"Name":'), 'no answer within 2000 ms'],
  ['no answer', silence, 'no answer within 2000 ms'],
])('warns of %s, and the start goes on', async (_, reply, reason) => {
  const { surroundings } = await daemon({ '/info': reply });
  const { start, pass, lines } = bench({ detectors }, { surroundings });
  await start();
  expect(await pass({ a: 'b' })).toEqual({ a: 'b' });
  const warning = lines.find((line) => line.startsWith('warn: docker: not on this platform'));
  expect(warning).toContain(reason);
});

it('warns of a socket that is not there, and the start goes on', async () => {
  const { start, pass, lines } = bench({ detectors }, { surroundings: { endpoints: nowhere } });
  await start();
  expect(await pass({ a: 'b' })).toEqual({ a: 'b' });
  expect(lines.find((line) => line.startsWith('warn'))).toMatch(
    /docker: not on this platform .*no Docker daemon at \/nonexistent\/docker\.sock: connect ENOENT/,
  );
});

it('does not start without a daemon where metadata must be there', async () => {
  const { start } = bench(
    { detectors, fail_on_missing_metadata: true },
    { surroundings: { endpoints: nowhere } },
  );
  await expect(start()).rejects.toThrow(
    'resource detection failed: docker: no Docker daemon at /nonexistent/docker.sock',
  );
});

it.each([
  [{ DOCKER_HOST: 'ssh://me@host' }, 'DOCKER_HOST \\"ssh://me@host\\" is not supported'],
  [{ DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1' }, 'tcp:// without TLS are'],
])('says of %j that it cannot be asked', async (env, reason) => {
  const { start, lines } = bench({ detectors }, { env });
  await start();
  expect(lines.join('\n')).toContain(reason);
});
