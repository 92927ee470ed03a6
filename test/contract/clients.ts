import { systemRuntime } from '@tributary/collector';
import { ConsumeError, type Batch, type Signal } from '@tributary/component';
import { createUnaryClient, RpcError } from '@tributary/transport';
import protobuf from 'protobufjs';

// Clients of an OTLP server that say what its reply means, made of parts that the server does not share.

const { root: messages } = protobuf.parse(
  `
  syntax = "proto3";
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message Response { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected = 1; string error_message = 2; }
`,
  { keepCase: true },
);
interface Decoded {
  readonly details?: readonly { readonly type_url: string; readonly value: Uint8Array }[];
  readonly retry_delay?: { readonly seconds?: number; readonly nanos?: number };
  readonly partial_success?: { readonly rejected?: number };
}

function decode(type: string, bytes: Uint8Array): Decoded {
  const message = messages.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: Number });
}

const services: Readonly<Record<Signal, string>> = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
  profiles: 'profiles.v1development.ProfilesService',
};
/** OTLP specification, "Failures": the codes that may pass. */
const retryableCodes: ReadonlySet<number> = new Set([1, 4, 8, 10, 11, 14, 15]);

/** Sends by gRPC. Resolves with how many items were rejected. @throws ConsumeError of the kind that the status means */
export async function sendByGrpc(batch: Batch<Signal>, endpoint: string): Promise<number> {
  const tls = { insecure: true, insecure_skip_verify: false };
  const client = createUnaryClient({ runtime: systemRuntime(), endpoint, tls });
  try {
    const path = `/opentelemetry.proto.collector.${services[batch.signal]}/Export`;
    const reply = await client.call(path, batch.toBytes(), { timeoutMs: 20_000 });
    return decode('Response', reply).partial_success?.rejected ?? 0;
  } catch (error) {
    if (!RpcError.is(error)) throw error;
    const { code, message, details } = error;
    const retryAfterMs = details === undefined ? undefined : retryDelayMs(details);
    throw new ConsumeError(retryableCodes.has(code) ? 'retryable' : 'permanent', message, {
      status: { code, message },
      retryAfterMs,
    });
  } finally {
    client.close();
  }
}

function retryDelayMs(status: Uint8Array): number | undefined {
  const info = decode('Status', status).details?.find(({ type_url: type }) =>
    type.endsWith('google.rpc.RetryInfo'),
  );
  if (info === undefined) return undefined;
  const { seconds = 0, nanos = 0 } = decode('RetryInfo', info.value).retry_delay ?? {};
  return seconds * 1000 + nanos / 1e6;
}

/** OTLP specification, "Failures": the statuses that may pass. */
const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Sends by HTTP as OTLP/JSON; else as {@link sendByGrpc}. */
export async function sendByHttp(batch: Batch<Signal>, address: string): Promise<number> {
  const path = batch.signal === 'profiles' ? '/v1development/profiles' : `/v1/${batch.signal}`;
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const response = await fetch(`http://${address}${path}`, {
    method: 'POST',
    headers,
    body: batch.toJson(),
  }).catch((cause: unknown) => {
    throw new ConsumeError('retryable', 'no reply', { cause });
  });
  const reply = (await response.json()) as {
    readonly partialSuccess?: Readonly<Record<string, string>>;
    readonly code?: number;
    readonly message?: string;
  };
  if (response.ok) {
    const rejected = Object.entries(reply.partialSuccess ?? {}).find(([key]) => key.startsWith('rejected'));
    return Number(rejected?.[1] ?? 0);
  }
  const { code = 2, message = `HTTP status ${response.status}` } = reply;
  const retryAfter = response.headers.get('retry-after');
  throw new ConsumeError(retryableStatuses.has(response.status) ? 'retryable' : 'permanent', message, {
    status: { code, message },
    ...(retryAfter !== null && { retryAfterMs: Number(retryAfter) * 1000 }),
  });
}
