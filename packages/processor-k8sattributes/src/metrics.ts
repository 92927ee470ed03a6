import type { Settings } from '@tributary/component';

type Meter = Settings<unknown>['meter'];

/** Kinds whose changes the Collector counts. */
export type CountedKind = 'pod' | 'namespace' | 'node' | 'replicaset';

export interface K8sMetrics {
  changed(kind: CountedKind, change: 'added' | 'updated' | 'deleted'): void;
  missed(): void;
  stop(): void;
}

export function createK8sMetrics(meter: Meter, tableSize: () => number): K8sMetrics {
  const changes = new Map<string, ReturnType<Meter['createCounter']>>();
  for (const kind of ['pod', 'namespace', 'node', 'replicaset'] as const) {
    for (const change of ['added', 'updated', 'deleted'] as const) {
      const counter = meter.createCounter(`otelcol_otelsvc_k8s_${kind}_${change}`, {
        description: `Number of ${kind} ${change} events received`,
        unit: '1',
      });
      changes.set(`${kind} ${change}`, counter);
    }
  }
  const misses = meter.createCounter('otelcol_otelsvc_k8s_ip_lookup_miss', {
    description: 'Number of times pod by IP lookup failed',
    unit: '1',
  });
  const size = meter.createObservableUpDownCounter('otelcol_otelsvc_k8s_pod_table_size', {
    description: 'Size of table containing pod info',
    unit: '1',
  });
  const observe = (result: { observe(value: number): void }): void => result.observe(tableSize());
  size.addCallback(observe);
  return {
    changed: (kind, change) => changes.get(`${kind} ${change}`)!.add(1),
    missed: () => misses.add(1),
    stop: () => size.removeCallback(observe),
  };
}
