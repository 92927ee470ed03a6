import { systemRuntime } from '@tributary/collector';
import { createApiClient, inClusterAccess } from '@tributary/kubernetes';
import { virtualClock } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasOpenssl, testServerTls } from '../../packages/transport/test/certificates.js';
import { FakeApiServer } from '../support/fake-api-server.js';
import { serviceAccount } from './support.js';

const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

describe('inClusterAccess', () => {
  it('knows server, authority and namespace of the pod', async () => {
    const runtime = systemRuntime({ fs: serviceAccount({ token: 'a', namespace: 'shop\n' }) });
    expect(await inClusterAccess({ runtime, environment })).toMatchObject({
      url: 'https://10.0.0.1:443',
      caFile: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
      namespace: 'shop',
    });
    const ipv6 = { ...environment, KUBERNETES_SERVICE_HOST: 'fd00::1' };
    expect((await inClusterAccess({ runtime, environment: ipv6 })).url).toBe('https://[fd00::1]:443');
  });

  it('takes the namespace default where the pod is told of none', async () => {
    const runtime = systemRuntime({ fs: serviceAccount({ token: 'a' }) });
    expect((await inClusterAccess({ runtime, environment })).namespace).toBe('default');
  });

  it('reads the token again after a minute, and keeps the old one where it cannot', async () => {
    const clock = virtualClock();
    const files: Record<string, string> = { token: 'first\n' };
    const access = await inClusterAccess({
      runtime: systemRuntime({ clock, fs: serviceAccount(files) }),
      environment,
    });
    files['token'] = 'second\n';
    expect(await access.token()).toBe('first');
    await clock.advance('1m');
    expect(await access.token()).toBe('second');
    delete files['token'];
    await clock.advance('1m');
    expect(await access.token()).toBe('second');
  });

  it.each([
    ['outside a cluster', {}, { token: 'a' }, 'not in a Kubernetes cluster: KUBERNETES_SERVICE_HOST and'],
    [
      'without a token',
      environment,
      {},
      'no token of a service account (automountServiceAccountToken): ENOENT',
    ],
  ])('is refused %s', async (_, variables, files, message) => {
    const runtime = systemRuntime({ fs: serviceAccount(files) });
    await expect(inClusterAccess({ runtime, environment: variables })).rejects.toMatchObject({
      code: 'not-in-cluster',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe.skipIf(!hasOpenssl)('a client in a pod', () => {
  const tls = testServerTls('IP:127.0.0.1');

  async function serve(): Promise<FakeApiServer> {
    const server = await new FakeApiServer(tls().identity).listen();
    onTestFinished(() => server.close());
    return server;
  }
  const at = ({ port }: FakeApiServer): Record<string, string> => ({
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(port),
  });

  it('trusts the authority of its cluster, shows its token, and speaks HTTP/2', async () => {
    const server = await serve();
    const runtime = systemRuntime({ fs: serviceAccount({ token: 'secret' }, tls().caFile) });
    const access = await inClusterAccess({ runtime, environment: at(server) });
    const client = createApiClient({ access, runtime });
    onTestFinished(() => client.close());
    const list = await client.read('/api/v1/pods', new URLSearchParams(), new AbortController().signal);
    expect(list).toEqual({ metadata: { resourceVersion: '100' }, items: [] });
    expect(server.requests).toMatchObject([{ authorization: 'Bearer secret', httpVersion: '2.0' }]);
  });

  it('does not show its token to a server of another authority', async () => {
    const server = await serve();
    const runtime = systemRuntime();
    const token = (): Promise<string> => Promise.resolve('secret');
    const client = createApiClient({ access: { url: server.url, namespace: 'shop', token }, runtime });
    onTestFinished(() => client.close());
    const reading = client.read('/api/v1/pods', new URLSearchParams(), new AbortController().signal);
    await expect(reading).rejects.toMatchObject({ code: 'unreachable' });
    expect(server.requests).toEqual([]);
  });
});
