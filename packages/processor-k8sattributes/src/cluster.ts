import type { Component, Host, Settings } from '@tributary/component';
import {
  createApiClient,
  inClusterAccess,
  watchObjects,
  type ApiClient,
  type ApiClientOptions,
  type InClusterOptions,
  type Watch,
} from '@tributary/kubernetes';
import { associationsOf, type Associations } from './association.js';
import type { Completed } from './config.js';
import type { JsonObject } from './json.js';
import { textAt } from './json.js';
import { createK8sMetrics, type CountedKind, type K8sMetrics } from './metrics.js';
import { readPod } from './pod.js';
import { PodTable } from './pod-table.js';
import { rulesOf, type Rules } from './rules.js';
import { selectorsOf } from './selectors.js';
import { kindsFor, readWorkload, workloadKinds, type Workload, type WorkloadKind } from './workload.js';

/** What a test or a simulation puts in place of the cluster. */
export interface ClusterSurroundings
  extends Pick<ApiClientOptions, 'transport'>, Pick<InClusterOptions, 'environment'> {}

type ClusterSettings = Omit<Settings<Completed>, 'ledger'>;

/** The namespace whose ID stands for the cluster. */
const clusterNamespace = 'kube-system';

/** Of the Collector's client. */
const withoutEffect = ['kube_api_qps', 'kube_api_burst', 'watch_sync_period'] as const;

interface Following<T> {
  readonly path: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly read: (object: JsonObject) => T;
  readonly onPut: (name: string, object: T) => void;
  readonly onDelete: (name: string) => void;
  readonly counted?: CountedKind | undefined;
}

/** What is known of the cluster: for all signals together. */
export class Cluster implements Component {
  readonly rules: Rules;
  readonly associations: Associations;
  readonly pods: PodTable;
  readonly metrics: K8sMetrics;
  /** ID of the cluster; empty: not asked for, or not known. */
  uid = '';
  readonly #settings: ClusterSettings;
  readonly #surroundings: ClusterSurroundings;
  readonly #workloads = new Map<WorkloadKind, Map<string, Workload>>();
  readonly #watches: Watch[] = [];
  /** What cannot be watched, and why. */
  readonly #failing = new Map<string, Error>();
  #client: ApiClient | undefined;
  #host: Host | undefined;
  #isStopped = false;

  constructor(settings: ClusterSettings, surroundings: ClusterSurroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
    const { config, clock, meter } = settings;
    this.rules = rulesOf(config);
    this.associations = associationsOf(config);
    this.pods = new PodTable(this.associations, clock, config.pod_delete_grace_period);
    this.metrics = createK8sMetrics(meter, () => this.pods.size);
  }

  async start(host: Host): Promise<void> {
    if (this.#host !== undefined) throw new Error('is started already');
    this.#host = host;
    const { config, logger } = this.#settings;
    for (const key of withoutEffect) {
      if (config[key] !== undefined) logger.warn(`${key} has no effect: objects are watched, not asked for`);
    }
    if (config.passthrough) return;
    const node = this.#node();
    const access = await inClusterAccess({
      runtime: this.#settings,
      environment: this.#surroundings.environment,
    });
    if (this.#isStopped) return;
    this.#client = createApiClient({
      access,
      runtime: this.#settings,
      transport: this.#surroundings.transport,
    });
    const known = [this.#followPods(node), ...this.#followWorkloads(node)];
    if (config.wait_for_metadata) await this.#wait(known);
  }

  async shutdown(): Promise<void> {
    this.#isStopped = true;
    this.pods.stop();
    this.metrics.stop();
    await Promise.all(this.#watches.map((watch) => watch.stop()));
    await this.#client?.close();
  }

  /** By its name, which is that of its namespace, a slash and its own; a node and a namespace have their own alone. */
  workload(kind: WorkloadKind, name: string): Workload | undefined {
    return this.#workloads.get(kind)?.get(name);
  }

  #node(): string {
    const { node, node_from_env_var: variable } = this.#settings.config.filter;
    if (variable === '') return node;
    const { environment = process.env } = this.#surroundings;
    const value = environment[variable] ?? '';
    if (value === '')
      throw new Error(`\`node_from_env_var\` is configured but envvar "${variable}" is not set`);
    return value;
  }

  #followPods(node: string): Promise<void> {
    const { filter } = this.#settings.config;
    return this.#follow({
      path: collectionPath('/api/v1', 'pods', filter.namespace),
      ...selectorsOf(filter, node),
      read: (object) => readPod(object, this.rules),
      onPut: (name, pod) => this.pods.put(name, pod),
      onDelete: (name) => this.pods.delete(name),
      counted: 'pod',
    });
  }

  #followWorkloads(node: string): readonly Promise<void>[] {
    const { namespace } = this.#settings.config.filter;
    const known = kindsFor(this.rules).map((kind) => {
      const { path, collection, isNamespaced } = workloadKinds[kind];
      const byName = new Map<string, Workload>();
      this.#workloads.set(kind, byName);
      const only = kind === 'node' ? node : kind === 'namespace' ? namespace : '';
      return this.#follow({
        path: collectionPath(path, collection, isNamespaced ? namespace : ''),
        fieldSelector: only === '' ? undefined : `metadata.name=${only}`,
        read: (object) => readWorkload(kind, object, this.rules),
        onPut: (name, workload) => byName.set(name, workload),
        onDelete: (name) => byName.delete(name),
        counted: kind === 'namespace' || kind === 'node' || kind === 'replicaset' ? kind : undefined,
      });
    });
    if (!this.rules.metadata.has('k8s.cluster.uid')) return known;
    const clusterKnown = this.#follow({
      path: '/api/v1/namespaces',
      fieldSelector: `metadata.name=${clusterNamespace}`,
      read: (object) => textAt(object, 'metadata', 'uid'),
      onPut: (name, uid) => {
        if (name === clusterNamespace) this.uid = uid;
      },
      onDelete: () => {},
    });
    return [...known, clusterKnown];
  }

  /** Resolves when they are known. */
  #follow<T>({ read, onPut, onDelete, counted, ...what }: Following<T>): Promise<void> {
    const seen = new Map<string, T>();
    const count = (change: 'added' | 'updated' | 'deleted'): void => {
      if (counted !== undefined) this.metrics.changed(counted, change);
    };
    const look = (name: string, object: T | undefined): void => {
      const before = seen.get(name);
      if (object === before) return;
      if (object === undefined) {
        seen.delete(name);
        onDelete(ownName(name));
        count('deleted');
        return;
      }
      seen.set(name, object);
      onPut(ownName(name), object);
      count(before === undefined ? 'added' : 'updated');
    };
    return new Promise((resolve) => {
      this.#watches.push(
        watchObjects<T>({
          client: this.#client!,
          runtime: this.#settings,
          ...what,
          read,
          onChange: (objects, name) => {
            if (name !== undefined) look(name, objects.get(name));
            else {
              for (const known of seen.keys()) if (!objects.has(known)) look(known, undefined);
              for (const [each, object] of objects) look(each, object);
            }
            this.#failed(what.path, undefined);
            resolve();
          },
          onFailure: (error) => this.#failed(what.path, error),
        }),
      );
    });
  }

  #failed(path: string, error: Error | undefined): void {
    if (this.#isStopped) return;
    if (error === undefined) {
      if (!this.#failing.delete(path)) return;
    } else {
      this.#settings.logger.warn('failed to watch objects of the cluster', { path, error });
      this.#failing.set(path, error);
    }
    const [first] = this.#failing.values();
    this.#host?.report(
      first === undefined ? { status: 'ok' } : { status: 'recoverable_error', error: first },
    );
  }

  async #wait(known: readonly Promise<void>[]): Promise<void> {
    const { clock, config } = this.#settings;
    const end = new AbortController();
    const late = clock.sleep(config.wait_for_metadata_timeout, end.signal).then(
      () => true,
      () => false,
    );
    const isLate = await Promise.race([Promise.all(known).then(() => false), late]);
    end.abort();
    if (isLate) {
      const [cause] = this.#failing.values();
      throw new Error('failed to wait for metadata of the cluster within wait_for_metadata_timeout', {
        cause,
      });
    }
  }
}

const collectionPath = (group: string, collection: string, namespace: string): string =>
  namespace === '' ? `${group}/${collection}` : `${group}/namespaces/${namespace}/${collection}`;

/** Objects without a namespace have an empty one before the slash. */
const ownName = (name: string): string => (name.startsWith('/') ? name.slice(1) : name);
