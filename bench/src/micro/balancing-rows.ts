import {
  createRing,
  createSplitter,
  loadXxh64,
  type Choose,
  type RingKind,
} from '@tributary/exporter-loadbalancing';
import { Traces } from '@tributary/pdata';
import { makeTraces } from '../load/telemetry.js';
import { requestType } from './protobufjs.js';
import type { Row } from './rows.js';

const spansPerRequest = 512;
const tracesPerRequest = 128;
const backends = ['10.4.0.1:4317', '10.4.0.2:4317', '10.4.0.3:4317'];
const idBytes = 16;

/** What is decoded, as far as the rows look at it. */
interface Decoded {
  readonly resourceSpans: readonly (Omit<object, 'scopeSpans'> & {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly traceId: Uint8Array }[] }[];
  })[];
}

/** Splitting a request of {@link makeTraces} whose traces stand in turns, so that nearly no neighbours stay together. */
export async function makeBalancingRows(): Promise<readonly Row[]> {
  const request = makeTraces(spansPerRequest, 1, tracesPerRequest);
  const traces = Traces.from(request);
  const xxh64 = await loadXxh64();
  const ids = Uint8Array.from([...traces.spans()].flatMap(({ traceId }) => [...Buffer.from(traceId, 'hex')]));
  const splitter = createSplitter('traces', 'traceID', { attributes: [], xxh64, random: () => 0 });

  const chooseBy = (kind: RingKind): Choose => {
    const ring = createRing(kind, backends, xxh64);
    return (key) => ring.owner(key, 0, key.length);
  };
  const byRing = chooseBy('g3');
  const row = (name: string, run: Row['run'], target?: number): Row => ({
    name,
    run,
    spans: spansPerRequest,
    ...(target !== undefined && { target }),
  });
  const chosen = (kind: RingKind): Row => {
    const ring = createRing(kind, backends, xxh64);
    return row(`balance: owners of ${spansPerRequest} traces, ring ${kind}`, () => {
      let sum = 0;
      for (let at = 0; at < ids.length; at += idBytes) sum += ring.owner(ids, at, at + idBytes);
      return sum;
    });
  };
  return [
    row('balance: split by trace ID over 3', () => splitter.split(traces, byRing), 4),
    chosen('g3'),
    chosen('tributary'),
    row('balance: protobufjs: decode, sort, encode', () => sortObjects(request, byRing)),
  ];
}

/** The same by objects. */
function sortObjects(request: Uint8Array, choose: Choose): Uint8Array[] {
  const { resourceSpans } = requestType.decode(request) as unknown as Decoded;
  return backends.map((_, backend) => {
    const part = resourceSpans.map((group) => ({
      ...group,
      scopeSpans: group.scopeSpans.map((scope) => ({
        ...scope,
        spans: scope.spans.filter(({ traceId }) => choose(traceId, noBytes, 0, 0) === backend),
      })),
    }));
    return requestType.encode({ resourceSpans: part }).finish();
  });
}

const noBytes = Buffer.alloc(0);
