import { createMatcher } from '@tributary/patterns';
import {
  absent,
  found,
  isObject,
  messageOf,
  objectIn,
  textOf,
  within,
  type Detect,
  type Place,
} from '../detector.js';

type Attributes = Record<string, string | undefined>;

/** A machine, node or function of Google, by its metadata and the variables of its platform. */
export const detectGcp: Detect = async (place, signal) => {
  const server = metadataServer(place, signal);
  try {
    // The header tells that no other server answers to this name.
    const { headers, status } = await server.ask('instance/id');
    if (headers['metadata-flavor'] !== 'Google') return absent('the metadata server is not that of Google');
    if (status !== 200) return absent(`the metadata server answers with ${status}`);
  } catch (error) {
    return absent(`no metadata server: ${messageOf(error)}`);
  }
  const account = await server.get('project/project-id');
  return found({
    'cloud.provider': 'gcp',
    'cloud.account.id': account,
    ...(await platformOf(place, server, signal)),
  });
};

interface MetadataServer {
  ask(path: string): ReturnType<Place['surroundings']['ask']>;
  /** The text at a path; rejects where there is none. */
  get(path: string): Promise<string>;
  /** The same, and undefined where there is none. */
  find(path: string): Promise<string | undefined>;
}

function metadataServer({ surroundings, runtime }: Place, signal: AbortSignal): MetadataServer {
  const { env, endpoints } = surroundings;
  const host = textOf(env['GCE_METADATA_HOST']);
  const base = `${host === undefined ? endpoints.gcp : `http://${host}`}/computeMetadata/v1/`;
  const server: MetadataServer = {
    ask: (path) =>
      within(runtime, signal, (ending) =>
        surroundings.ask({ url: base + path, headers: { 'metadata-flavor': 'Google' } }, ending),
      ),
    async find(path) {
      const { status, text } = await server.ask(path);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`GET ${path} is answered with ${status}`);
      return textOf(text.trim());
    },
    async get(path) {
      const text = await server.find(path);
      if (text === undefined) throw new Error(`the metadata server has no ${path}`);
      return text;
    },
  };
  return server;
}

/** Platforms run on each other, so the most special one is looked for first. */
async function platformOf(place: Place, server: MetadataServer, signal: AbortSignal): Promise<Attributes> {
  const { env } = place.surroundings;
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (isSet('KUBERNETES_SERVICE_HOST')) return kubernetesEngine(server);
  if (isSet('FUNCTION_TARGET')) return functions(env, server, 'gcp_cloud_functions');
  if (isSet('K_CONFIGURATION')) return functions(env, server, 'gcp_cloud_run');
  if (isSet('CLOUD_RUN_JOB')) return cloudRunJob(env, server);
  if (env['GAE_ENV'] === 'standard') return appEngine(env, server, true);
  if (isSet('GAE_SERVICE')) return appEngine(env, server, false);
  return computeEngine(place, server, signal);
}

async function kubernetesEngine(server: MetadataServer): Promise<Attributes> {
  const location = await server.get('instance/attributes/cluster-location');
  // `us-central1-a` is a zone, `us-central1` a region.
  const isZone = location.split('-').length === 3;
  return {
    'cloud.platform': 'gcp_kubernetes_engine',
    [isZone ? 'cloud.availability_zone' : 'cloud.region']: location,
    'k8s.cluster.name': await server.get('instance/attributes/cluster-name'),
    'host.id': await server.get('instance/id'),
    // With workload identity the metadata server hides it.
    'host.name': await server.find('instance/name').catch(() => undefined),
  };
}

async function functions(
  env: Place['surroundings']['env'],
  server: MetadataServer,
  platform: string,
): Promise<Attributes> {
  return {
    'cloud.platform': platform,
    'faas.name': env['K_SERVICE'],
    'faas.version': env['K_REVISION'],
    ...(await instanceOf(server)),
  };
}

async function cloudRunJob(env: Place['surroundings']['env'], server: MetadataServer): Promise<Attributes> {
  return {
    'cloud.platform': 'gcp_cloud_run',
    'faas.name': env['CLOUD_RUN_JOB'],
    'gcp.cloud_run.job.execution': env['CLOUD_RUN_EXECUTION'],
    'gcp.cloud_run.job.task_index': env['CLOUD_RUN_TASK_INDEX'],
    ...(await instanceOf(server)),
  };
}

/** Region and ID of what has no machine of its own. */
async function instanceOf(server: MetadataServer): Promise<Attributes> {
  const id = await server.get('instance/id');
  return {
    'cloud.region': lastPart(await server.get('instance/region')),
    'faas.id': id,
    'faas.instance': id,
  };
}

async function appEngine(
  env: Place['surroundings']['env'],
  server: MetadataServer,
  isStandard: boolean,
): Promise<Attributes> {
  const zone = lastPart(await server.get('instance/zone'));
  const region = isStandard ? lastPart(await server.get('instance/region')) : regionOf(zone);
  return {
    'cloud.platform': 'gcp_app_engine',
    'cloud.availability_zone': zone,
    'cloud.region': region,
    'faas.name': env['GAE_SERVICE'],
    'faas.version': env['GAE_VERSION'],
    'faas.id': env['GAE_INSTANCE'],
    'faas.instance': env['GAE_INSTANCE'],
  };
}

async function computeEngine(place: Place, server: MetadataServer, signal: AbortSignal): Promise<Attributes> {
  const zone = lastPart(await server.get('instance/zone'));
  const name = await server.get('instance/name');
  const { labels: patterns, resource_attributes: off } = place.config.gcp;
  return {
    'cloud.platform': 'gcp_compute_engine',
    'cloud.availability_zone': zone,
    'cloud.region': regionOf(zone),
    'host.type': lastPart(await server.get('instance/machine-type')),
    'host.id': await server.get('instance/id'),
    'host.name': name,
    'gcp.gce.instance.name': name,
    'gcp.gce.instance.hostname': off.has('gcp.gce.instance.hostname')
      ? undefined
      : await server.get('instance/hostname'),
    ...managerIn(await server.find('instance/attributes/created-by')),
    ...(patterns.length > 0 && (await labelsOf(place, server, { zone, name, patterns }, signal))),
  };
}

/** `projects/123/zones/us-central1-a/instanceGroupManagers/web` or `…/regions/us-central1/…`. */
function managerIn(creator: string | undefined): Attributes {
  const [, kind, place, name] =
    /^projects\/[^/]+\/(zones|regions)\/([^/]+)\/instanceGroupManagers\/([^/]+)$/.exec(creator ?? '') ?? [];
  if (name === undefined) return {};
  return {
    'gcp.gce.instance_group_manager.name': name,
    [`gcp.gce.instance_group_manager.${kind === 'zones' ? 'zone' : 'region'}`]: place,
  };
}

interface Machine {
  readonly zone: string;
  readonly name: string;
  readonly patterns: readonly string[];
}

/** Labels are in no metadata: the API is asked, with the token of the machine's service account. */
async function labelsOf(
  { surroundings, runtime }: Place,
  server: MetadataServer,
  { zone, name, patterns }: Machine,
  signal: AbortSignal,
): Promise<Attributes> {
  const granted = objectIn(await server.get('instance/service-accounts/default/token'), 'the token');
  const project = await server.get('project/project-id');
  const url = `${surroundings.endpoints.gcpCompute}/compute/v1/projects/${project}/zones/${zone}/instances/${name}?fields=labels`;
  const headers = { authorization: `Bearer ${String(granted['access_token'])}` };
  const { status, text } = await within(runtime, signal, (ending) =>
    surroundings.ask({ url, headers }, ending),
  );
  if (status !== 200) throw new Error(`the request for labels is answered with ${status}`);
  const { labels } = objectIn(text, 'the instance');
  const match = createMatcher(patterns);
  const wanted = Object.entries(isObject(labels) ? labels : {}).filter(
    (label): label is [string, string] => typeof label[1] === 'string' && match(label[0]) >= 0,
  );
  return Object.fromEntries(wanted.map(([key, value]) => [`gcp.gce.instance.labels.${key}`, value]));
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const regionOf = (zone: string): string => zone.slice(0, Math.max(zone.lastIndexOf('-'), 0));
