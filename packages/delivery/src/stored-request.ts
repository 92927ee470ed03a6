import { createContext, type ClientInfo, type Context } from '@tributary/component';
import { batchFactory, type Batch, type Signal } from '@tributary/pdata';

/*
 * A request as a persistent queue stores it. Its key, `q1/<index>/<items>/<bytes>`, says what a queue has to know
 * before it reads the value: the order, and how much it is. Its value:
 *
 *     version  u8: 1
 *     length of the context  u32, little-endian
 *     context  JSON: who sent it
 *     batch    an OTLP request
 */

const version = 1;
const headBytes = 5;
const indexDigits = 16;
const keyPattern = /^q1\/(\d{16})\/(\d+)\/(\d+)$/;

/** What the key of a request says. */
export interface StoredKey {
  readonly index: number;
  readonly items: number;
  readonly bytes: number;
}

export function encodeKey({ index, items, bytes }: StoredKey): string {
  return `q1/${String(index).padStart(indexDigits, '0')}/${items}/${bytes}`;
}

/** `undefined` where it is the key of something else. */
export function decodeKey(key: string): StoredKey | undefined {
  const match = keyPattern.exec(key);
  if (match === null) return undefined;
  const [index, items, bytes] = match.slice(1).map(Number);
  return { index: index!, items: items!, bytes: bytes! };
}

export function encodeRequest({ client }: Context, batch: Batch<Signal>): Buffer {
  const context = encodeClient(client);
  const body = batch.toBytes();
  const bytes = Buffer.allocUnsafe(headBytes + context.length + body.length);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt32LE(context.length, 1);
  bytes.set(context, headBytes);
  bytes.set(body, headBytes + context.length);
  return bytes;
}

/** @throws Error for what is none */
export function decodeRequest<S extends Signal>(
  signal: S,
  value: Uint8Array,
): { readonly context: Context; readonly batch: Batch<S> } {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.length < headBytes) throw new Error('it is too short');
  if (bytes[0] !== version) throw new Error(`version ${bytes[0]} of its format is not known`);
  const bodyAt = headBytes + bytes.readUInt32LE(1);
  const context = createContext({ client: decodeClient(bytes.toString('utf8', headBytes, bodyAt)) });
  return { context, batch: batchFactory(signal).from(bytes.subarray(bodyAt)) };
}

const nobody = Buffer.alloc(0);

/** As in the Collector, what an auth extension found out is not among it: a secret may be. */
function encodeClient({ address, metadata }: ClientInfo): Buffer {
  if (address === undefined && metadata.size === 0) return nobody;
  return Buffer.from(JSON.stringify({ address, metadata: [...metadata] }));
}

function decodeClient(text: string): ClientInfo {
  if (text === '') return { metadata: new Map() };
  const { address, metadata } = JSON.parse(text) as {
    readonly address?: string;
    readonly metadata: readonly (readonly [string, readonly string[]])[];
  };
  return { ...(address !== undefined && { address }), metadata: new Map(metadata) };
}
