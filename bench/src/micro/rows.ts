import { Traces } from '@tributary/pdata';
import { soughtKey } from '../load/telemetry.js';
import { requestType } from './protobufjs.js';
import { walkFields } from './walk.js';

export const spansPerRequest = 1000;

export interface Row {
  readonly name: string;
  /** Million spans a second that it must reach. */
  readonly target?: number;
  /** In the request, where it is one of its own. */
  readonly spans?: number;
  /** One pass over the request. What it returns is looked at, so that nothing is optimised away. */
  readonly run: () => unknown;
}

/** Edits start from a clone, which is free: the check at the door has rows of its own. */
export function makeRows(request: Uint8Array): readonly Row[] {
  const traces = Traces.from(request);
  const json = traces.toJson();
  const jsonBytes = Buffer.from(json);
  const decoded = requestType.decode(request);
  return [
    { name: 'walk the top-level fields, by hand', target: 10, run: () => walkFields(request) },
    { name: 'walk the spans as views', run: () => walkViews(traces) },
    { name: 'walk the spans as views, read kind and duration', run: () => readViews(traces) },
    { name: 'check structure', target: 3.5, run: () => Traces.from(request, { repairUtf8: false }) },
    { name: 'check structure and UTF-8', target: 2.4, run: () => Traces.from(request) },
    { name: 'count', run: () => traces.clone().itemCount },
    { name: 'group by trace ID', run: () => traces.clone().groupByTraceId() },
    { name: 'take halves', run: () => takeHalves(traces.clone()) },
    { name: 'find one attribute in every span', run: () => findAttribute(traces) },
    { name: 'read one attribute of every span', run: () => readAttribute(traces) },
    {
      name: 'set one attribute in every span, serialise',
      target: 1,
      run: () => setAttribute(traces.clone(), 1),
    },
    { name: 'set one attribute in one of 1,000, serialise', run: () => setAttribute(traces.clone(), 1000) },
    { name: 'delete one attribute in every span, serialise', run: () => deleteAttribute(traces.clone()) },
    { name: 'drop every other span, serialise', run: () => dropHalf(traces.clone()) },
    { name: 'toObject of every span', run: () => toObjects(traces) },
    { name: 'toJson', run: () => traces.toJson() },
    { name: 'fromJson, text', run: () => Traces.fromJson(json) },
    { name: 'fromJson, bytes', run: () => Traces.fromJson(jsonBytes) },
    { name: 'protobufjs: decode', run: () => requestType.decode(request) },
    { name: 'protobufjs: encode', run: () => requestType.encode(decoded).finish() },
  ];
}

function walkViews(traces: Traces): number {
  let count = 0;
  for (const span of traces.spans()) if (!span.isRemoved) count++;
  return count;
}

function readViews(traces: Traces): number {
  let nanos = 0;
  for (const span of traces.spans()) if (span.kind === 'server') nanos += span.durationNanos;
  return nanos;
}

function takeHalves(traces: Traces): Traces[] {
  const half = traces.take(500);
  return [half, traces.take(500)];
}

function findAttribute(traces: Traces): number {
  let found = 0;
  for (const span of traces.spans()) if (span.attributes.has(soughtKey)) found++;
  return found;
}

function readAttribute(traces: Traces): number {
  let errors = 0;
  for (const span of traces.spans()) if (Number(span.attributes.get(soughtKey)) >= 500) errors++;
  return errors;
}

function setAttribute(traces: Traces, every: number): Uint8Array {
  let index = 0;
  for (const span of traces.spans())
    if (index++ % every === 0) span.attributes.set('deployment.environment', 'production');
  return traces.toBytes();
}

function deleteAttribute(traces: Traces): Uint8Array {
  for (const span of traces.spans()) span.attributes.delete(soughtKey);
  return traces.toBytes();
}

function dropHalf(traces: Traces): Uint8Array {
  let index = 0;
  traces.filter(() => index++ % 2 === 0);
  return traces.toBytes();
}

function toObjects(traces: Traces): number {
  let fields = 0;
  for (const span of traces.spans()) if (span.toObject() !== undefined) fields++;
  return fields;
}
