/**
 * A backend of the proofs, on `node:http2` alone: what it says and notes shares nothing with the code that is
 * proved. It notes what it takes in a file before it answers, so that killing it loses nothing of the record.
 */
import * as fs from 'node:fs';
import { createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import type { Answer, BackendListens, BackendOptions, Behave, RecordKind } from './backend-messages.js';

const options = JSON.parse(process.env['BACKEND_OPTIONS']!) as BackendOptions;
const { maxBytes } = options;
const invalidArgument = 3;
const resourceExhausted = 8;

/** Time in which what was answered before a break is read, on a busy machine too: what is not is a lost answer. */
const quietMs = 300;

const record = fs.openSync(options.record, 'a');
// The line before may have been cut by a kill.
fs.writeSync(record, '\n');

/** A line of the record. Only one that ends with its dot is whole. */
function note(kind: RecordKind, ids: readonly number[]): void {
  if (ids.length > 0) fs.writeSync(record, `${kind}: ${rangesOf(ids)}.\n`);
}

/** `1-50,101-150`: requests carry their items in order. */
function rangesOf(ids: readonly number[]): string {
  const ranges: string[] = [];
  for (let start = 0; start < ids.length;) {
    let end = start;
    while (ids[end + 1] === ids[end]! + 1) end++;
    ranges.push(`${ids[start]}-${ids[end]}`);
    start = end + 1;
  }
  return ranges.join(',');
}

/** The IDs in a request: its spans are named `item-<ID>;`. */
function idsIn(message: Buffer): number[] {
  return [...message.toString('latin1').matchAll(/item-(\d+);/g)].map(([, id]) => Number(id));
}

let { behaviour } = options;
let random = generator(behaviour.seed);
process.on('message', ({ behaviour: next }: Behave) => {
  behaviour = next;
  random = generator(behaviour.seed);
});

/** Numbers in [0, 1) (mulberry32). */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function draw(): Answer {
  const { answers } = behaviour;
  let at = random() * answers.reduce((sum, { weight }) => sum + weight, 0);
  return answers.find(({ weight }) => (at -= weight) < 0) ?? answers.at(-1)!;
}

const { root: messages } = protobuf.parse(
  `syntax = "proto3";
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }`,
  { keepCase: true },
);

function encode(type: string, value: Readonly<Record<string, unknown>>): Uint8Array {
  const message = messages.lookupType(type);
  return message.encode(message.fromObject(value)).finish();
}

function statusHeaders({
  code,
  message,
  retryAfterMs,
}: Exclude<Answer['says'], string>): Record<string, string> {
  const headers = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) };
  if (retryAfterMs === undefined) return headers;
  const seconds = Math.floor(retryAfterMs / 1000);
  const nanos = (retryAfterMs - seconds * 1000) * 1e6;
  const value = encode('RetryInfo', { retry_delay: { seconds, nanos } });
  const details = [{ type_url: 'type.googleapis.com/google.rpc.RetryInfo', value }];
  const status = encode('Status', { code, message, details });
  return { ...headers, 'grpc-status-details-bin': Buffer.from(status).toString('base64') };
}

const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' };

function answerOk(stream: ServerHttp2Stream): void {
  stream.respond(grpcHeaders, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  // An empty response: five bytes of frame.
  stream.end(Buffer.alloc(5));
}

/** Connections that are about to break: nothing is answered on them any more. */
const breaking = new WeakSet<Http2Session>();
/** By the port of the client: a session does not hand its socket out. */
const sockets = new Map<number, Socket>();

function breakConnection(session: Http2Session): void {
  if (breaking.has(session)) return;
  breaking.add(session);
  const socket = sockets.get(session.socket.remotePort!);
  setTimeout(() => socket?.resetAndDestroy(), quietMs);
}

/** The message of a request as gRPC frames it, or why it is refused. The words are those of grpc-go. */
function unframe(body: Buffer): { readonly message: Buffer; readonly refusal?: string } {
  const message = body.subarray(5);
  if (message.length > maxBytes) {
    return { message, refusal: `grpc: received message larger than max (${message.length} vs. ${maxBytes})` };
  }
  if (body[0] === 0) return { message };
  const whole = gunzipSync(message);
  if (whole.length <= maxBytes) return { message: whole };
  return {
    message: whole,
    refusal: `grpc: received message after decompression larger than max ${maxBytes}`,
  };
}

function answer(stream: ServerHttp2Stream, body: Buffer): void {
  const { session } = stream;
  if (session === undefined || breaking.has(session)) return;
  // Cancelled on the way.
  if (body.length < 5 || body.length !== 5 + body.readUInt32BE(1)) return;
  const { message, refusal } = unframe(body);
  const ids = idsIn(message);
  if (refusal !== undefined) {
    note('too large', ids);
    const status = { code: resourceExhausted, message: options.tooLarge ?? refusal };
    return stream.respond({ ...grpcHeaders, ...statusHeaders(status) }, { endStream: true });
  }
  const { takes, says, afterMs = 0 } = draw();
  if (takes) note('took', ids);
  if (says === 'silence') return takes ? note('answer lost', ids) : undefined;
  if (says === 'reset') {
    if (takes) note('answer lost', ids);
    return breakConnection(session);
  }
  const say = (): void => {
    if (stream.destroyed || stream.closed || breaking.has(session)) {
      if (takes) note('answer lost', ids);
      return;
    }
    if (says === 'ok') return answerOk(stream);
    if (takes) note('answer lost', ids);
    else if (says.code === invalidArgument) note('refused for good', ids);
    stream.respond({ ...grpcHeaders, ...statusHeaders(says) }, { endStream: true });
  };
  if (afterMs === 0) say();
  else setTimeout(say, afterMs);
}

const server = createServer({ settings: { initialWindowSize: 8 << 20 } });
server.on('connection', (socket: Socket) => {
  const port = socket.remotePort!;
  sockets.set(port, socket);
  socket.on('close', () => sockets.delete(port));
});
server.on('stream', (stream: ServerHttp2Stream) => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => answer(stream, Buffer.concat(chunks)));
  // Cancelled by the client, or broken on purpose: told by what is noted.
  stream.on('error', () => {});
});
server.on('sessionError', () => {});
server.listen(options.port, options.host, () => {
  const { address, port } = server.address() as AddressInfo;
  process.send!({ kind: 'backend', address: `${address}:${port}` } satisfies BackendListens);
});
// Its parent has ended.
process.on('disconnect', () => process.exit());
