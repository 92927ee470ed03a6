/** What the resolver keeps of an EndpointSlice of `discovery.k8s.io/v1`. */
export interface EndpointSlice {
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  readonly addresses: readonly string[];
  /** Of its pod, which has one in a StatefulSet. */
  readonly hostname: string | undefined;
  /** Takes traffic. */
  readonly isReady: boolean;
  /** Takes traffic, as who has no better may find: its pod is about to end. */
  readonly isServing: boolean;
}

/** @throws TypeError where it is no EndpointSlice */
export function readEndpointSlice(object: Readonly<Record<string, unknown>>): EndpointSlice {
  // A service without pods has a slice without endpoints, or with null.
  const endpoints = object['endpoints'] ?? [];
  if (!Array.isArray(endpoints)) throw new TypeError('an EndpointSlice whose endpoints are no list');
  return { endpoints: (endpoints as unknown[]).map(readEndpoint) };
}

function readEndpoint(value: unknown): Endpoint {
  const { addresses, hostname, conditions } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(addresses) || !addresses.every((address) => typeof address === 'string'))
    throw new TypeError('an endpoint whose addresses are no list of texts');
  // What is not said is true of `ready`; `serving` is as `ready` where it is not said (EndpointConditions).
  const { ready, serving } = (conditions ?? {}) as Readonly<Record<string, unknown>>;
  const isReady = ready !== false;
  return {
    addresses,
    hostname: typeof hostname === 'string' && hostname !== '' ? hostname : undefined,
    isReady,
    isServing: typeof serving === 'boolean' ? serving : isReady,
  };
}

/**
 * Those that are ready. Where none is, those that serve still while their pods end, as kube-proxy has it: when all pods are
 * replaced at once, they are better than nobody.
 */
export function endpointsInUse(slices: Iterable<EndpointSlice>): readonly Endpoint[] {
  const all = [...slices].flatMap(({ endpoints }) => endpoints);
  const ready = all.filter(({ isReady }) => isReady);
  return ready.length > 0 ? ready : all.filter(({ isServing }) => isServing);
}
