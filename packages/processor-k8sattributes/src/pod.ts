import type { Found } from './fields.js';
import { imageNameOf, repoDigestOf } from './image.js';
import { objectAt, objectsAt, textAt, type JsonObject } from './json.js';
import type { MetadataName } from './metadata.js';
import { cronJobOfJob, deploymentOfReplicaSet, ownersOf, type Owner } from './owners.js';
import type { Rules } from './rules.js';

/** What is kept of a pod: nothing of it that nobody asked for. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** Empty while it has none. */
  readonly address: string;
  readonly nodeName: string;
  /** In milliseconds since the epoch; 0: not started. */
  readonly startMs: number;
  /** Its address is that of its node, and says nothing. */
  readonly isHostNetwork: boolean;
  /** It is to be left alone. */
  readonly isIgnored: boolean;
  readonly attributes: ReadonlyMap<string, string>;
  readonly owners: readonly Owner[];
  readonly containers: readonly Container[];
}

export interface Container {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** By the number of restarts before: how it ran. */
  readonly runs: ReadonlyMap<number, Run>;
}

export interface Run {
  readonly id: string;
  readonly repoDigest: string | undefined;
}

const ignoreAnnotation = 'opentelemetry.io/k8s-processor.ignore';
const otelPrefix = 'resource.opentelemetry.io/';

export function readPod(object: JsonObject, rules: Rules): Pod {
  const name = textAt(object, 'metadata', 'name');
  const startTime = textAt(object, 'status', 'startTime');
  const owners = ownersOf(object);
  const pod = {
    name,
    namespace: textAt(object, 'metadata', 'namespace'),
    uid: textAt(object, 'metadata', 'uid'),
    address: textAt(object, 'status', 'podIP'),
    nodeName: textAt(object, 'spec', 'nodeName'),
    startMs: Date.parse(startTime) || 0,
    isHostNetwork: objectAt(object, 'spec')['hostNetwork'] === true,
    isIgnored: isIgnored(object, name, rules),
    owners,
  };
  if (pod.isIgnored) return { ...pod, attributes: new Map(), containers: [] };
  return {
    ...pod,
    attributes: attributesOf(object, pod, rules),
    containers: containersOf(object, pod, rules),
  };
}

function isIgnored(object: JsonObject, name: string, { isExcluded }: Rules): boolean {
  const annotation = textAt(object, 'metadata', 'annotations', ignoreAnnotation);
  return annotation.trim().toLowerCase() === 'true' || isExcluded(name);
}

type Known = Omit<Pod, 'attributes' | 'containers'>;

/** What OpenTelemetry's annotations say goes before what is found out; labels and annotations that were asked for replace it. */
function attributesOf(object: JsonObject, pod: Known, rules: Rules): Found {
  const found: Found = new Map();
  const { metadata } = rules;
  if (rules.isOtelAnnotated) {
    for (const [key, value] of Object.entries(objectAt(object, 'metadata', 'annotations'))) {
      if (key.startsWith(otelPrefix) && typeof value === 'string') {
        found.set(key.slice(otelPrefix.length), value);
      }
    }
  }
  const add = (name: MetadataName, value: string): void => {
    if (metadata.has(name) && value !== '' && !found.has(name)) found.set(name, value);
  };
  add('k8s.namespace.name', pod.namespace);
  add('k8s.pod.name', pod.name);
  add('k8s.pod.uid', pod.uid);
  add('k8s.pod.ip', pod.address);
  add('k8s.pod.hostname', textAt(object, 'spec', 'hostname'));
  add('k8s.pod.start_time', textAt(object, 'status', 'startTime'));
  add('k8s.node.name', pod.nodeName);
  for (const { kind, name, uid } of pod.owners) addOwner(kind, name, uid, rules, add);
  add('service.namespace', otelAnnotation(object, 'service.namespace') || pod.namespace);
  add('service.name', serviceName(object, pod));
  add('service.version', serviceVersion(object));
  rules.fields.take('pod', object, found);
  return found;
}

function addOwner(
  kind: string,
  name: string,
  uid: string,
  { isDeploymentByName }: Rules,
  add: (name: MetadataName, value: string) => void,
): void {
  switch (kind) {
    case 'ReplicaSet':
      add('k8s.replicaset.name', name);
      add('k8s.replicaset.uid', uid);
      if (isDeploymentByName) add('k8s.deployment.name', deploymentOfReplicaSet(name) ?? '');
      break;
    case 'DaemonSet':
      add('k8s.daemonset.name', name);
      add('k8s.daemonset.uid', uid);
      break;
    case 'StatefulSet':
      add('k8s.statefulset.name', name);
      add('k8s.statefulset.uid', uid);
      break;
    case 'Job':
      add('k8s.job.name', name);
      add('k8s.job.uid', uid);
      add('k8s.cronjob.name', cronJobOfJob(name) ?? '');
      break;
    default:
  }
}

const otelAnnotation = (object: JsonObject, name: string): string =>
  textAt(object, 'metadata', 'annotations', otelPrefix + name);

const label = (object: JsonObject, name: string): string => textAt(object, 'metadata', 'labels', name);

function serviceName(object: JsonObject, { name, owners }: Known): string {
  const workloads = owners.map((owner) => {
    if (owner.kind === 'ReplicaSet') return deploymentOfReplicaSet(owner.name) ?? owner.name;
    return owner.kind === 'Job' ? (cronJobOfJob(owner.name) ?? owner.name) : owner.name;
  });
  return (
    otelAnnotation(object, 'service.name') ||
    label(object, 'app.kubernetes.io/instance') ||
    label(object, 'app.kubernetes.io/name') ||
    workloads[0] ||
    name
  );
}

const serviceVersion = (object: JsonObject): string =>
  otelAnnotation(object, 'service.version') || label(object, 'app.kubernetes.io/version');

function containersOf(object: JsonObject, pod: Known, { metadata }: Rules): readonly Container[] {
  const specs = [...objectsAt(object, 'spec', 'containers'), ...objectsAt(object, 'spec', 'initContainers')];
  const runs = runsByContainer(object);
  return specs.map((spec) => {
    const name = textAt(spec, 'name');
    const found: Found = new Map();
    const add = (attribute: MetadataName, value: string | undefined): void => {
      if (metadata.has(attribute) && value) found.set(attribute, value);
    };
    const image = imageNameOf(textAt(spec, 'image'));
    add('k8s.container.name', name);
    add('container.image.name', image?.repository);
    add('container.image.tag', image?.tag);
    add(
      'service.instance.id',
      otelAnnotation(object, 'service.instance.id') || [pod.namespace, pod.name, name].join('.'),
    );
    if (serviceVersion(object) === '') add('service.version', image?.tag);
    return { name, attributes: found, runs: runs.get(name) ?? noRuns };
  });
}

const noRuns: ReadonlyMap<number, Run> = new Map();

function runsByContainer(object: JsonObject): ReadonlyMap<string, ReadonlyMap<number, Run>> {
  const statuses = [
    ...objectsAt(object, 'status', 'containerStatuses'),
    ...objectsAt(object, 'status', 'initContainerStatuses'),
  ];
  return new Map(
    statuses.map((status) => {
      const runs = new Map<number, Run>();
      const restarts = Number(status['restartCount'] ?? 0);
      const repoDigest = repoDigestOf(textAt(status, 'imageID'));
      const add = (count: number, id: string): void => {
        if (id !== '') runs.set(count, { id: id.replace(/^[a-z-]+:\/\//, ''), repoDigest });
      };
      // What it has sent before it was restarted may be on its way.
      if (restarts > 0) add(restarts - 1, textAt(status, 'lastState', 'terminated', 'containerID'));
      add(restarts, textAt(status, 'containerID'));
      return [textAt(status, 'name'), runs];
    }),
  );
}
