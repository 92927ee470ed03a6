import type { ApiClient } from '@tributary/kubernetes';
import { isObject, messageOf, type Place } from '../detector.js';

/** Asks the API server, and lets go of it whatever comes. */
export async function withCluster<T>(place: Place, work: (client: ApiClient) => Promise<T>): Promise<T> {
  const client = await place.surroundings.kubernetes(place.runtime);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** The name of the node, which the pod has to be told. */
export function nodeNameOf({ surroundings: { env } }: Place, variable: string): string {
  const name = env[variable] ?? '';
  if (name !== '') return name;
  throw new Error(
    `node name can't be found: the environment variable ${variable} is not set; the pod is to have it from fieldRef spec.nodeName`,
  );
}

/** The node as the API server has it. */
export async function readNode(
  client: ApiClient,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const path = `/api/v1/nodes/${encodeURIComponent(name)}`;
  const node = await client.read(path, new URLSearchParams(), signal).catch((cause: unknown) => {
    throw new Error(`failed to get the node ${name}: ${messageOf(cause)}`, { cause });
  });
  if (isObject(node) && isObject(node['metadata'])) return node;
  throw new Error(`the API server answers ${path} with what is no node`);
}
