import { systemRuntime } from '@tributary/collector';
import { ConsumeError } from '@tributary/component';
import { defaultPaths, otlpGrpcClient, otlpHttpClient, type OtlpClient } from '@tributary/otlp';
import { Traces } from '@tributary/pdata';
import { createHttpClient, createUnaryClient } from '@tributary/transport';

export interface Protocol {
  readonly name: 'grpc' | 'http';
  readonly compression: 'none' | 'gzip';
}

/** Spans of about half a kilobyte, numbered from 0. */
export interface LoadOptions {
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly requests: number;
  readonly spansPerRequest: number;
  readonly connections: number;
  /** Requests under way at a time. */
  readonly parallel: number;
}

/** The size of one span. */
export const spanBytes = 467;

/** What clients were told. */
export interface Told {
  attempts: number;
  refusals: number;
  /** Refusals that did not say when to come again, and what they said. */
  readonly withoutHint: string[];
  /** Errors after which a client would not come again. */
  readonly permanent: string[];
  accepted: number;
  offeredBytes: number;
  /** Since the epoch. */
  lastAcceptedAtMs: number;
  maxHintMs: number;
}

/** Many clients, each with one request that it sends again after a refusal, when it was told to. */
export class Load {
  readonly told: Told = {
    attempts: 0,
    refusals: 0,
    withoutHint: [],
    permanent: [],
    accepted: 0,
    offeredBytes: 0,
    lastAcceptedAtMs: 0,
    maxHintMs: 0,
  };
  /** Whether the request with this number was acknowledged. */
  readonly acknowledged: Uint8Array;
  readonly #options: LoadOptions;
  readonly #template: Template;
  readonly #clients: readonly OtlpClient[];
  #next = 0;
  /** Requests that wait for their hint, by when it ends. */
  readonly #parked: { readonly request: number; readonly dueMs: number }[] = [];
  #isStopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#template = createTemplate(options.spansPerRequest);
    this.acknowledged = new Uint8Array(options.requests);
    this.#clients = Array.from({ length: options.connections }, () => clientOf(options));
  }

  get requestBytes(): number {
    return this.#template.bytes.byteLength;
  }

  /** Every request has been offered at least once. */
  get isOfferedOnce(): boolean {
    return this.#next === this.#options.requests;
  }

  /** Every request is acknowledged. */
  get isDone(): boolean {
    return this.told.accepted === this.#options.requests;
  }

  /** Ends `run`, whatever is left. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when every request is acknowledged, or after `stop`. */
  async run(): Promise<void> {
    const workers = Array.from({ length: this.#options.parallel }, (_, i) => this.#work(i));
    await Promise.all(workers);
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #work(worker: number): Promise<void> {
    const client = this.#clients[worker % this.#clients.length]!;
    while (!this.#isStopped && !this.isDone) {
      const request = this.#take();
      if (request === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      else await this.#send(client, request);
    }
  }

  #take(): number | undefined {
    const nowMs = performance.now();
    const due = this.#parked.findIndex(({ dueMs }) => dueMs <= nowMs);
    // Those who were refused come again beside those who come for the first time.
    if (due >= 0 && (this.isOfferedOnce || this.told.attempts % 2 === 0))
      return this.#parked.splice(due, 1)[0]!.request;
    return this.isOfferedOnce ? undefined : this.#next++;
  }

  async #send(client: OtlpClient, request: number): Promise<void> {
    const { told } = this;
    told.attempts++;
    told.offeredBytes += this.requestBytes;
    try {
      await client.send(this.#template.batch(request), { signal: new AbortController().signal });
      told.accepted++;
      told.lastAcceptedAtMs = Date.now();
      this.acknowledged[request] = 1;
    } catch (error) {
      if (!ConsumeError.is(error)) throw error;
      const { kind, message, retryAfterMs } = error;
      if (kind === 'permanent') return void told.permanent.push(message);
      told.refusals++;
      if (retryAfterMs === undefined) told.withoutHint.push(message);
      told.maxHintMs = Math.max(told.maxHintMs, retryAfterMs ?? 0);
      this.#parked.push({ request, dueMs: performance.now() + (retryAfterMs ?? 1000) });
    }
  }
}

function clientOf({ protocol, endpoint }: LoadOptions): OtlpClient {
  const runtime = systemRuntime();
  const tls = { insecure: true, insecure_skip_verify: false };
  const { compression } = protocol;
  if (protocol.name === 'grpc')
    return otlpGrpcClient(createUnaryClient({ runtime, endpoint, tls, compression }));
  const urls = Object.fromEntries(
    Object.entries(defaultPaths).map(([signal, path]) => [signal, endpoint + path]),
  ) as typeof defaultPaths;
  const client = createHttpClient({ runtime, tls, compression, compressionLevel: 1 });
  return otlpHttpClient(client, { clock: runtime.clock, urls, encoding: 'proto' });
}

interface Template {
  readonly bytes: Buffer;
  batch(request: number): Traces;
}

/** One request whose span IDs are its numbers: to make another is to copy it and write these. */
function createTemplate(spans: number): Template {
  const traces = Traces.create();
  const scope = traces
    .addResourceSpans({ resource: { attributes: { 'service.name': 'checkout', 'host.name': 'host-1' } } })
    .addScope({ scope: { name: 'load' } });
  const text = 'GET /api/v1/carts/0123456789abcdef/items?page=1&size=50 from a browser on the other side';
  for (let n = 0; n < spans; n++) {
    scope.add({
      traceId: `${'ab'.repeat(12)}${n.toString(16).padStart(8, '0')}`,
      spanId: marker(n),
      name: 'GET /api/v1/carts/:id/items',
      kind: 'server',
      startTimeUnixNano: 1_700_000_000_000_000_000n,
      endTimeUnixNano: 1_700_000_000_250_000_000n,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/v1/carts/:id/items',
        'url.full': `https://shop.example.com/${text}`,
        'server.address': 'shop.example.com',
        'http.response.status_code': 200 + (n % 5),
        'user_agent.original': text,
      },
    });
  }
  const bytes = Buffer.from(traces.toBytes());
  const offsets: number[] = [];
  for (let n = 0, from = 0; n < spans; n++) {
    from = bytes.indexOf(Buffer.from(marker(n), 'hex'), from) + 8;
    offsets.push(from - 4);
  }
  return {
    bytes,
    batch(request) {
      const copy = Buffer.from(bytes);
      for (let n = 0; n < spans; n++) copy.writeUInt32BE(request * spans + n, offsets[n]);
      return Traces.from(copy);
    },
  };
}

const prefix = 'f00dcafe';
const marker = (n: number): string => prefix + n.toString(16).padStart(8, '0');
