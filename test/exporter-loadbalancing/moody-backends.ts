import { createCollector, type Collector } from '@tributary/collector';
import {
  createLoadBalancingExporter,
  type LoadBalancingExporterConfig,
  type Resolver,
} from '@tributary/exporter-loadbalancing';
import type { Runtime, Timer } from '@tributary/component';
import { rpcStatus } from '@tributary/otlp';
import { Traces } from '@tributary/pdata';
import { testReceiver, virtualClock, type TestSource, type VirtualClock } from '@tributary/testkit';
import { RpcError, type UnaryClient, type UnaryClientOptions } from '@tributary/transport';
import { keepingLogger } from '../receiver-otlp/support.js';

/**
 * How a backend answers: `well`; `slow`, after 700 ms; `refuses`, with a hint; `deaf`, which takes and cannot say so;
 * `hangs`; `dead`.
 */
export const moods = ['well', 'slow', 'refuses', 'deaf', 'hangs', 'dead'] as const;
export type Mood = (typeof moods)[number];

const slowMs = 700;
const codes = { cancelled: 1, deadlineExceeded: 4, resourceExhausted: 8, unavailable: 14 } as const;
const failure = (code: number, retryAfterMs?: number): RpcError =>
  new RpcError(rpcStatus({ code, message: `code ${code}`, retryAfterMs }));

/** A backend of its own memory and mood. */
export class MoodyBackend {
  mood: Mood = 'well';
  /** Names of the spans that came; those of `unsaid` came without an answer. */
  readonly taken: string[] = [];
  readonly unsaid: Set<string> = new Set();
  calls = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  connect(): UnaryClient {
    const underWay = new Set<(error: RpcError) => void>();
    return {
      open: async () => {},
      close() {
        for (const end of underWay) end(failure(codes.cancelled));
      },
      call: async (_, message, { signal, timeoutMs = 0 } = {}) => {
        await new Promise<void>((resolve, reject) => {
          const cancel = (): void => end(failure(codes.cancelled));
          const end = (error?: RpcError): void => {
            for (const timer of timers) timer.stop();
            signal?.removeEventListener('abort', cancel);
            underWay.delete(end);
            if (error === undefined) resolve();
            else reject(error);
          };
          const timers: Timer[] = [];
          if (this.mood !== 'hangs')
            timers.push(this.#clock.after(this.mood === 'slow' ? slowMs : 1, () => end()));
          if (timeoutMs > 0)
            timers.push(this.#clock.after(timeoutMs, () => end(failure(codes.deadlineExceeded))));
          signal?.addEventListener('abort', cancel);
          underWay.add(end);
        });
        return this.#answer(message);
      },
    };
  }

  async #answer(message: Uint8Array): Promise<Uint8Array> {
    this.calls++;
    if (this.mood === 'dead') throw failure(codes.unavailable);
    const names = Array.from(Traces.from(message).spans(), ({ name }) => name);
    if (this.mood === 'refuses' && names.length > 0) throw failure(codes.resourceExhausted, 100);
    this.taken.push(...names);
    if (this.mood !== 'deaf') return new Uint8Array();
    for (const name of names) this.unsaid.add(name);
    throw failure(codes.unavailable);
  }
}

export type MoodyConfig = Omit<LoadBalancingExporterConfig, 'resolver' | 'protocol'> & {
  readonly otlp?: LoadBalancingExporterConfig['protocol']['otlp'];
};

/** An agent before backends in memory, on a virtual clock. */
export interface MoodyWorld {
  readonly clock: VirtualClock;
  readonly collector: Collector;
  readonly source: TestSource;
  readonly backends: readonly MoodyBackend[];
  readonly lines: readonly string[];
  /** Names the backends of these numbers. */
  name(...numbers: readonly number[]): void;
  /** Names of all spans that came to any backend. */
  taken(): readonly string[];
}

/** Starts with all `count` backends named. */
export async function moodyWorld(
  count: number,
  { otlp, ...config }: MoodyConfig = {},
  runtime: Partial<Runtime> = {},
): Promise<MoodyWorld> {
  const clock = virtualClock();
  const backends = Array.from({ length: count }, () => new MoodyBackend(clock));
  const addressOf = (number: number): string => `gateway-${number}:4317`;
  const all = [...backends.keys()];
  let tell: ((names: readonly string[]) => void) | undefined;
  const resolver = (): Resolver => ({
    name: 'told',
    start: async (onChange, _, onAnswer) => {
      tell = onChange;
      onAnswer();
      onChange(all.map(addressOf).toSorted());
    },
    stop: () => (tell = undefined),
  });
  const loadBalancing = createLoadBalancingExporter({
    createUnaryClient: ({ endpoint }: UnaryClientOptions) =>
      backends[all.findIndex((number) => addressOf(number) === endpoint)]!.connect(),
  });
  const exporter = loadBalancing({
    protocol: { otlp: { tls: { insecure: true }, ...otlp } },
    resolver: { custom: resolver },
    ...config,
  });
  const source = testReceiver();
  const lines: string[] = [];
  let chance = 0;
  const collector = createCollector({
    pipelines: { traces: { receivers: [source], exporters: [exporter] } },
    runtime: {
      clock,
      random: () => (chance = (chance + 0.618_033_988_7) % 1),
      logger: keepingLogger(lines),
      ...runtime,
    },
  });
  await collector.start();
  return {
    clock,
    collector,
    source,
    backends,
    lines,
    name: (...numbers) => tell?.(numbers.map(addressOf).toSorted()),
    taken: () => backends.flatMap(({ taken }) => taken),
  };
}

/** The ID of a trace, well spread over the ring. */
export function traceIdOf(number: number): string {
  return (Math.imul(number + 1, 0x9e37_79b1) >>> 0).toString(16).padStart(8, '0').repeat(4);
}

/** A span of each of these traces, called `<trace>.<piece>`. */
export function spansOf(traces: readonly number[], piece: number, startMs: number): Traces {
  const batch = Traces.create();
  const scope = batch.addResourceSpans().addScope();
  for (const trace of traces) {
    scope.add({
      name: `${trace}.${piece}`,
      traceId: traceIdOf(trace),
      startTimeUnixNano: BigInt(startMs) * 1_000_000n,
    });
  }
  return batch;
}
