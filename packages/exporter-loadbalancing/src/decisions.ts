import type { Runtime } from '@tributary/component';
import type { OtlpGrpcTransport } from '@tributary/otlp';
import { Traces } from '@tributary/pdata';
import { Backends } from './backends.js';
import { Chooser } from './chooser.js';
import { schema, type LoadBalancingExporterConfig } from './config.js';
import type { createRing } from './ring/create.js';
import { startTimeTag } from './starts.js';

const nanosPerMs = 1_000_000n;
/** For the answer of a backend. */
const timeoutMs = 5000;

/**
 * What an exporter decides, without what it does about it: it resolves, keeps rings, remembers traces and probes as the
 * exporter does, but splits, queues and sends nothing. For simulations of so many agents that whole ones would not fit;
 * it has no end but that of its clock.
 */
export interface Decisions {
  /** Resolves when the backends are known. */
  start(): Promise<void>;
  /**
   * The backend that the exporter would give a span of this trace to now, as the resolver names it; undefined where there
   * is none. `startMs` is when the span began, in milliseconds since the epoch.
   */
  backendOf(traceId: Uint8Array, startMs: number): string | undefined;
  /** An attempt to send there: where nobody answers, the backend is out until it answers a probe. Never rejects. */
  tryOut(backend: string): Promise<void>;
}

/** What many exporters of one process have in common. */
export interface DecisionsOptions {
  readonly transport: OtlpGrpcTransport;
  /** Rings are the same for the same backends, so many agents may share them. */
  readonly makeRing?: typeof createRing | undefined;
}

/** Decides as an exporter of this configuration does for traces by their ID. @throws ZodError */
export function createDecisions(
  config: LoadBalancingExporterConfig,
  runtime: Runtime,
  { transport, makeRing }: DecisionsOptions,
): Decisions {
  const settings = {
    ...runtime,
    id: 'load_balancing',
    meter: runtime.meterProvider.getMeter('load_balancing'),
    config: schema.parse(config),
  };
  const backends = new Backends(settings, transport, makeRing);
  const span = Buffer.alloc(9);
  span[0] = startTimeTag;
  let chooser: Chooser;

  return {
    async start() {
      await backends.start();
      chooser = new Chooser(backends, settings.config.sticky, runtime.clock, runtime.random);
      backends.use({ changed: () => chooser.changed(), handBack: async () => undefined });
    },
    backendOf(traceId, startMs) {
      if (backends.members.backends.length === 0) return undefined;
      span.writeBigUInt64LE(BigInt(startMs) * nanosPerMs, 1);
      chooser.begin();
      return chooser.backend(chooser.choose(traceId, span, 0, span.length)).name;
    },
    async tryOut(name) {
      const { signal } = new AbortController();
      // That it fails is what the caller wants to be known here.
      await backends
        .named(name)
        ?.send(Traces.create(), { signal, timeoutMs })
        .catch(() => undefined);
    },
  };
}
