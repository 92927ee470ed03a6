import { systemRuntime } from '@tributary/collector';
import { methodPaths } from '@tributary/otlp';
import type { Signal } from '@tributary/pdata';
import { createUnaryServer, RpcError, type Server } from '@tributary/transport';
import { decode, type Plain } from '../../packages/pdata/test/oracle.js';
import { signalPaths } from '../../packages/pdata/src/messages.js';

const signals = Object.keys(signalPaths) as Signal[];
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const invalidArgument = 3;

/**
 * A backend that reads nothing as we do: protobufjs must be able to decode each request, text that is no UTF-8
 * included, and IDs must have their lengths. What it cannot read it refuses for good, and remembers why.
 */
export class StrictBackend implements AsyncDisposable {
  readonly endpoint: string;
  readonly problems: readonly string[];
  readonly #server: Server;
  readonly #items: Map<Signal, number>;

  private constructor(server: Server, endpoint: string, problems: string[], items: Map<Signal, number>) {
    this.#server = server;
    this.endpoint = endpoint;
    this.problems = problems;
    this.#items = items;
  }

  static async start(): Promise<StrictBackend> {
    const problems: string[] = [];
    const items = new Map<Signal, number>();
    const take = (signal: Signal, message: Uint8Array): Uint8Array => {
      try {
        items.set(signal, (items.get(signal) ?? 0) + readStrictly(signal, message));
        return new Uint8Array();
      } catch (error) {
        problems.push(`${signal}: ${String(error)}`);
        throw new RpcError({ code: invalidArgument, message: String(error) });
      }
    };
    const server = createUnaryServer({
      runtime: systemRuntime({ logger: quiet }),
      endpoint: '127.0.0.1:0',
      maxMessageBytes: 256 << 20,
      methods: new Map(
        signals.map((signal) => [methodPaths[signal], { handle: ({ message }) => take(signal, message) }]),
      ),
    });
    return new StrictBackend(server, await server.listen(), problems, items);
  }

  /** How many items of a signal have come. */
  items(signal: Signal): number {
    return this.#items.get(signal) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close(AbortSignal.abort());
  }
}

/** How many items a request has. @throws Error where it is none */
export function readStrictly(signal: Signal, bytes: Uint8Array): number {
  return readPart(decode(signalPaths[signal].request, bytes));
}

const idBytes: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8, profileId: 16 };
const itemNames: ReadonlySet<string> = new Set(['spans', 'dataPoints', 'logRecords', 'samples']);

function readPart(part: Plain): number {
  let items = 0;
  for (const [name, value] of Object.entries(part)) {
    if (name in idBytes) {
      const { byteLength } = Buffer.from(String(value), 'base64');
      if (byteLength !== 0 && byteLength !== idBytes[name]) throw new Error(`${name} of ${byteLength} bytes`);
    } else if (Array.isArray(value)) {
      if (itemNames.has(name)) items += value.length;
      for (const element of value as readonly unknown[]) {
        if (isPlain(element)) items += readPart(element);
      }
    } else if (isPlain(value)) items += readPart(value);
  }
  return items;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}
