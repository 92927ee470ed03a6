import type { Runtime } from '@tributary/component';
import { createHttpClient, TransportError, type HttpStream, type Transport } from '@tributary/transport';
import { KubernetesError, messageOf, type KubernetesErrorCode } from './errors.js';
import type { ClusterAccess } from './in-cluster.js';
import { linesOf } from './lines.js';

/** What asks the API server. */
export interface ApiClientOptions {
  readonly access: ClusterAccess;
  readonly runtime: Pick<Runtime, 'clock' | 'dns' | 'fs'>;
  /** Longest time for the server to begin its answer. Default 1 min. */
  readonly timeoutMs?: number | undefined;
  readonly userAgent?: string | undefined;
  /** Default: over sockets. */
  readonly transport?: Pick<Transport, 'createHttpClient'> | undefined;
}

/** Asks the API server for JSON. Everything rejects with a {@link KubernetesError}. */
export interface ApiClient {
  /** One document. */
  read(path: string, query: URLSearchParams, signal: AbortSignal): Promise<unknown>;
  /** One document a line, while they come. Ends when the server ends the stream. */
  stream(path: string, query: URLSearchParams, signal: AbortSignal): AsyncIterable<unknown>;
  close(): Promise<void>;
}

/** A page of 500 objects; etcd takes none above 1.5 MiB, and most are a hundredth of that. */
const maxDocumentBytes = 64 << 20;
/** One object and what stands around it. */
const maxLineBytes = 4 << 20;
const defaultTimeoutMs = 60_000;

export function createApiClient(options: ApiClientOptions): ApiClient {
  const { access, runtime, timeoutMs = defaultTimeoutMs } = options;
  const { transport = { createHttpClient } } = options;
  const client = transport.createHttpClient({
    runtime,
    tls: { insecure: false, insecure_skip_verify: false, ca_file: access.caFile },
    userAgent: options.userAgent,
    // A watch may be quiet for minutes: pings tell whether the server is still there.
    http2: { readIdleTimeoutMs: 30_000, pingTimeoutMs: 15_000 },
  });

  async function ask(path: string, query: URLSearchParams, signal: AbortSignal): Promise<HttpStream> {
    const headers = { accept: 'application/json', authorization: `Bearer ${await access.token()}` };
    const reply = await client
      .get({ url: `${access.url}${path}?${query.toString()}`, headers, timeoutMs, signal })
      .catch((error: unknown) => {
        throw failureOf(error);
      });
    if (reply.status === 200) return reply;
    throw await refusalOf(path, reply);
  }

  return {
    async read(path, query, signal) {
      const { body } = await ask(path, query, signal);
      return parse(await wholeOf(body));
    },
    async *stream(path, query, signal) {
      const { body } = await ask(path, query, signal);
      try {
        for await (const line of linesOf(body, maxLineBytes)) yield parse(line);
      } catch (error) {
        throw failureOf(error);
      }
    },
    close: () => client.close(),
  };
}

async function wholeOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.byteLength;
      if (bytes > maxDocumentBytes)
        throw new KubernetesError('unreadable', `an answer of more than ${maxDocumentBytes} bytes`);
      pieces.push(piece);
    }
  } catch (error) {
    throw failureOf(error);
  }
  return Buffer.concat(pieces, bytes).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KubernetesError('unreadable', `an answer that is no JSON: ${messageOf(cause)}`, { cause });
  }
}

function failureOf(error: unknown): unknown {
  return TransportError.is(error)
    ? new KubernetesError('unreachable', error.message, { cause: error })
    : error;
}

const codes: Readonly<Record<number, KubernetesErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  410: 'gone',
};

const hints: Readonly<Partial<Record<KubernetesErrorCode, string>>> = {
  unauthorized: '; the token of the service account is not accepted',
  forbidden: '; the service account needs a role with the verbs list and watch for these objects (RBAC)',
};

async function refusalOf(path: string, { status, headers, body }: HttpStream): Promise<KubernetesError> {
  // A Status object says more than its number; anything else may stand before the API server.
  const said = await wholeOf(body)
    .then(parse)
    .catch(() => undefined);
  return refusal(status, `${path}: ${status}${messageIn(said)}`, Number(headers['retry-after']));
}

/** The error of a status, of an answer or in an event of a watch. */
export function refusal(status: number, message: string, retryAfterSeconds: number = NaN): KubernetesError {
  const code = codes[status] ?? 'refused';
  const retryAfterMs = retryAfterSeconds >= 0 ? retryAfterSeconds * 1000 : undefined;
  return new KubernetesError(code, `the API server refuses ${message}${hints[code] ?? ''}`, { retryAfterMs });
}

/** What a Status object says, with a colon before it. */
export function messageIn(status: unknown): string {
  const message = (status as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? `: ${message.slice(0, 1000)}` : '';
}
