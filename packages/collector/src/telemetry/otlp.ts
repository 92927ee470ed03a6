// Loaded when the collector starts, and only where it sends what it tells about itself.
import { ConsumeError, type Runtime } from '@tributary/component';
import { otlpGrpcClient, otlpHttpClient, userAgent, type OtlpClient } from '@tributary/otlp';
import type { Batch, Signal } from '@tributary/pdata';
import { createHttpClient, createUnaryClient, type TlsClientSettings } from '@tributary/transport';
import { hidden } from './log-encoding.js';
import { streamOutput, type LogOutput } from './log-output.js';
import type { OtlpSettings } from './settings.js';

/** Where batches of the collector's own telemetry go. */
export interface Pusher {
  /** @throws TransportError where a file cannot be read */
  open(): Promise<void>;
  /**
   * Resolves when the batch is taken; within its time it tries again what may pass.
   *
   * @throws Error that says why not, without the values of headers
   */
  push(batch: Batch<Signal>, timeoutMs: number, grace: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The pause before the second attempt; each later one is twice as long. */
const firstPauseMs = 1000;
const maxPauseMs = 5000;

/** To an OTLP server, or, without one, as a line of OTLP/JSON to standard output. */
export function createPusher(settings: OtlpSettings | undefined, runtime: Runtime): Pusher {
  return settings === undefined ? consolePusher(streamOutput(1, () => {})) : otlpPusher(settings, runtime);
}

function consolePusher(output: LogOutput): Pusher {
  return {
    async open() {},
    async push(batch) {
      output.write(`${batch.toJson()}\n`);
    },
    async close() {},
  };
}

function otlpPusher(settings: OtlpSettings, runtime: Runtime): Pusher {
  const { clock } = runtime;
  const client = createClient(settings, runtime);
  const secrets = Object.values(settings.headers).filter((value) => value !== '');

  async function push(batch: Batch<Signal>, signal: AbortSignal): Promise<void> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      try {
        const partial = await client.send(batch, { signal });
        if (partial === undefined || partial.rejected === 0) return;
        throw new ConsumeError('permanent', `${partial.rejected} items were rejected: ${partial.message}`);
      } catch (error) {
        if (!ConsumeError.is(error) || error.kind === 'permanent' || signal.aborted) throw error;
        // The last failure says more than that time is up.
        await clock.sleep(error.retryAfterMs ?? pauseMs, signal).catch(() => {
          throw error;
        });
      }
    }
  }

  return {
    open: () => client.open(),
    close: () => client.close(),
    async push(batch, timeoutMs, grace) {
      const end = new AbortController();
      const abort = (): void => end.abort(new Error('the collector shuts down'));
      if (grace.aborted) abort();
      grace.addEventListener('abort', abort, { once: true });
      const limitMs = Math.min(timeoutMs || Infinity, settings.timeout || Infinity);
      const timer =
        limitMs < Infinity
          ? clock.after(limitMs, () => end.abort(new Error(`not taken within ${limitMs} ms`)))
          : undefined;
      try {
        await push(batch, end.signal);
      } catch (error) {
        throw new Error(withoutSecrets(error instanceof Error ? error.message : String(error), secrets));
      } finally {
        timer?.stop();
        grace.removeEventListener('abort', abort);
      }
    },
  };
}

/** A peer may say what it was sent. */
function withoutSecrets(message: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, hidden), message);
}

function createClient(settings: OtlpSettings, runtime: Runtime): OtlpClient {
  const { protocol, endpoint, headers, compression } = settings;
  const tls: TlsClientSettings = {
    insecure: /^http:/i.test(endpoint),
    insecure_skip_verify: false,
    ca_file: settings.certificate,
    cert_file: settings.client_certificate,
    key_file: settings.client_key,
  };
  const common = { runtime, tls, compression, headers, userAgent };
  if (protocol === 'grpc') {
    return otlpGrpcClient(
      createUnaryClient({ ...common, endpoint: endpoint.replace(/^(https?:\/\/[^/]*).*$/i, '$1') }),
    );
  }
  const urls = { traces: endpoint, metrics: endpoint, logs: endpoint, profiles: endpoint };
  return otlpHttpClient(createHttpClient(common), { clock: runtime.clock, urls, encoding: 'proto' });
}
