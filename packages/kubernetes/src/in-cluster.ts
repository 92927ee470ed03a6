import type { Runtime } from '@tributary/component';
import { formatHostPort } from '@tributary/transport';
import { KubernetesError, messageOf } from './errors.js';

/** Where the API server of a cluster is, and who asks. */
export interface ClusterAccess {
  /** `https://10.0.0.1:443`. */
  readonly url: string;
  /** A PEM file with the authority of the server's certificate. Default: those that Node trusts. */
  readonly caFile?: string | undefined;
  /** That of this pod; `default` where it is not told. */
  readonly namespace: string;
  /** The token of the service account, which the kubelet replaces from time to time. */
  token(): Promise<string>;
}

export interface InClusterOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'fs'>;
  /** Names the API server. Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Where a pod finds the files of its service account. */
const folder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The kubelet replaces a token when a fifth of its time is left, at the least two minutes: often enough to be in time. */
const tokenMs = 60_000;

/**
 * The access that every pod has to the API server of its cluster.
 *
 * @throws KubernetesError `not-in-cluster`
 */
export async function inClusterAccess(options: InClusterOptions): Promise<ClusterAccess> {
  const { runtime, environment = process.env } = options;
  const { clock, fs } = runtime;
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = environment;
  if (host === '' || port === '') {
    const message =
      'not in a Kubernetes cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set';
    throw new KubernetesError('not-in-cluster', message);
  }
  let known: { readonly token: string; readonly sinceMs: number } | undefined;

  async function token(): Promise<string> {
    const nowMs = clock.monotonic();
    if (known !== undefined && nowMs - known.sinceMs < tokenMs) return known.token;
    try {
      known = { token: (await fs.readFile(`${folder}/token`, 'utf8')).trim(), sinceMs: nowMs };
    } catch (cause) {
      // The old one may still be good.
      if (known !== undefined) return known.token;
      const message = `no token of a service account (automountServiceAccountToken): ${messageOf(cause)}`;
      throw new KubernetesError('not-in-cluster', message, { cause });
    }
    return known.token;
  }

  await token();
  // Not every pod is told; the file is a convenience.
  const namespace = await fs.readFile(`${folder}/namespace`, 'utf8').catch(() => '');
  return {
    url: `https://${formatHostPort(host, Number(port))}`,
    caFile: `${folder}/ca.crt`,
    namespace: namespace.trim() || 'default',
    token,
  };
}
