import type { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Runtime } from '@tributary/component';
import { printable } from '../ask/printable.js';
import { Chunks } from './chunks.js';
import { isZstd, readJson, readPayload, type Payload } from './payload.js';

/** A record of a recording. */
export type Recorded =
  | (Payload & { readonly place: string })
  /** The file ends within it, as that of a process which was killed does. */
  | { readonly signal: 'cut'; readonly place: string };

/** Twice what the `file` exporter lets wait, since its record is larger than the request. */
const maxRecordBytes = 128 * 1024 * 1024;
const chunkBytes = 1024 * 1024;
const lengthBytes = 4;
const newline = 0x0a;
const space = 0x20;
/** What JSON may begin with. A record that began so would be larger than one may be. */
const jsonStart = /^[\s{]/;
const gzipMagic = 0x1f8b;

/** Where recordings come from. */
export interface Sources {
  readonly fs: Pick<Runtime['fs'], 'open'>;
  /** What `-` is. */
  readonly stdin: AsyncIterable<Uint8Array>;
}

/**
 * The records of a file that the `file` exporter wrote, one after the other: lines of OTLP/JSON, or records with
 * their length before them, of protobuf or JSON, which zstd may have compressed; and any of these in gzip. The file is
 * never in memory as a whole, but a record is.
 *
 * @param path of the file; `-` is standard input
 * @throws Error that names the place of what cannot be read: file and line, or byte of what gzip has in it
 */
export async function* readRecording(path: string, { fs, stdin }: Sources): AsyncGenerator<Recorded, void> {
  const name = path === '-' ? 'standard input' : printable(path);
  if (path === '-') return yield* recordsOf(stdin, name);
  const file = await openNamed(path, name, fs);
  try {
    const stream = file.createReadStream({ highWaterMark: chunkBytes, autoClose: false });
    yield* recordsOf(stream, name);
  } finally {
    await file.close();
  }
}

async function openNamed(path: string, name: string, fs: Sources['fs']): ReturnType<Sources['fs']['open']> {
  try {
    return await fs.open(path);
  } catch (error) {
    throw damaged(name, error);
  }
}

async function* recordsOf(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Recorded, void> {
  const raw = new Chunks(named(source, name));
  const start = await raw.peek(lengthBytes);
  const isGzip = start.length >= 2 && start.readUInt16BE() === gzipMagic;
  const chunks = isGzip ? new Chunks(named(gunzipped(raw), name)) : raw;
  const first = isGzip ? await chunks.peek(lengthBytes) : start;
  if (isZstd(first)) throw new Error(`${name}: as a whole it is compressed by zstd: decompress it first`);
  yield* jsonStart.test(first.toString('latin1')) ? lines(chunks, name) : records(chunks, name);
}

/** What is cut off ends where it does: that a record is not whole is seen there. */
function gunzipped(raw: Chunks): Readable {
  const unzip = zlib.createGunzip({ chunkSize: chunkBytes, finishFlush: zlib.constants.Z_SYNC_FLUSH });
  // It ends with the error that reading ended with.
  void feed(raw, unzip).catch((error: unknown) => unzip.destroy(error as Error));
  return unzip;
}

async function feed(raw: Chunks, unzip: zlib.Gunzip): Promise<void> {
  for (;;) {
    const chunk = await raw.take(chunkBytes);
    if (chunk.length === 0) break;
    await new Promise<void>((resolve, reject) => {
      unzip.write(chunk, (error) => (error === null || error === undefined ? resolve() : reject(error)));
    });
  }
  unzip.end();
}

/** With the name of the file in what goes wrong. */
async function* named(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of source) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } catch (error) {
    throw damaged(name, error);
  }
}

async function* lines(chunks: Chunks, name: string): AsyncGenerator<Recorded, void> {
  for (let number = 1; (await chunks.peek(1)).length > 0; number++) {
    const before = chunks.offset;
    const line = await chunks.takeUntil(newline, maxRecordBytes);
    const place = `${name}:${number}`;
    if (line === undefined) throw new Error(`${place}: the line has more than ${maxRecordBytes} bytes`);
    const isEnded = chunks.offset - before > line.length;
    if (line.every((byte) => byte <= space)) continue;
    let payload: Payload;
    try {
      payload = readJson(line);
    } catch (error) {
      if (isEnded) throw damaged(place, error);
      return yield { signal: 'cut', place };
    }
    yield { ...payload, place };
  }
}

async function* records(chunks: Chunks, name: string): AsyncGenerator<Recorded, void> {
  for (;;) {
    const place = `${name}: byte ${chunks.offset}`;
    const head = await chunks.take(lengthBytes);
    if (head.length === 0) return;
    const length = head.length < lengthBytes ? 0 : head.readUInt32BE();
    if (length > maxRecordBytes) {
      throw new Error(
        `${place}: neither a line of JSON nor the length of a record, which has at most ${maxRecordBytes} bytes`,
      );
    }
    const bytes = await chunks.take(length);
    if (head.length < lengthBytes || bytes.length < length) return yield { signal: 'cut', place };
    let payload: Payload;
    try {
      payload = readPayload(bytes, maxRecordBytes);
    } catch (error) {
      throw damaged(place, error);
    }
    yield { ...payload, place };
  }
}

function damaged(place: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`${place}: ${printable(message)}`, { cause: error });
}
