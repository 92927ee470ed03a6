/**
 * Clients of the proofs: they come at a steady rate, each with a connection of its own, one request and one item.
 * On sockets and `node:http2` alone, with requests that are made beforehand: to open a connection must cost less
 * here than to accept it there.
 */
import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { Traces } from '@tributary/pdata';
import type { Addresses, ClientsOptions, ClientsReport, EndClients } from './clients-messages.js';

const options = JSON.parse(process.env['CLIENTS_OPTIONS']!) as ClientsOptions;

/** Fewer than a listener's queue has room for: beyond, the system lets a client wait for a second. */
const maxOpen = 400;
const answerWithinMs = 30_000;
/** The handshake of gRPC costs more than all the rest. */
const grpcEvery = 20;

const digits = 10;
const name = `item-${'0'.repeat(digits)};`;
const traces = Traces.create();
traces
  .addResourceSpans({ resource: { attributes: { 'service.name': 'clients' } } })
  .addScope()
  .add({ name });
const body = Buffer.from(traces.toBytes());
const frame = Buffer.alloc(5);
frame.writeUInt32BE(body.length, 1);
const grpcRequest = Buffer.concat([frame, body]);
const httpRequest = Buffer.concat([
  Buffer.from(
    'POST /v1/traces HTTP/1.1\r\nhost: collector\r\nconnection: close\r\n' +
      `content-type: application/x-protobuf\r\ncontent-length: ${body.length}\r\n\r\n`,
  ),
  body,
]);

/** A copy of the request, with this item. */
function withItem(request: Buffer, item: number): Buffer {
  const copy = Buffer.from(request);
  copy.write(String(item).padStart(digits, '0'), request.indexOf(name) + 'item-'.length, 'latin1');
  return copy;
}

const connectedAt: number[] = [];
const acknowledged: number[] = [];
const refusals: string[] = [];
let movedOn = 0;

const noteConnection = (): void => void connectedAt.push(performance.timeOrigin + performance.now());

/** What a client heard that was no acceptance. */
type Refusal = string | undefined;

function byHttp(address: string, item: number): Promise<Refusal> {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    let answer = '';
    socket.once('connect', noteConnection);
    socket.on('data', (piece: Buffer) => (answer += piece.toString('latin1')));
    socket.setTimeout(answerWithinMs, () => socket.destroy(new Error('no answer')));
    socket.once('error', ({ message }) => resolve(message));
    socket.once('close', () => {
      const [status = ''] = answer.split('\r\n');
      resolve(status === 'HTTP/1.1 200 OK' ? undefined : `closed with "${status}"`);
    });
    socket.write(withItem(httpRequest, item));
  });
}

function byGrpc(address: string, item: number): Promise<Refusal> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://${address}`);
    const end = (refusal: Refusal): void => {
      resolve(refusal);
      session.destroy();
    };
    session.once('connect', noteConnection);
    session.setTimeout(answerWithinMs, () => end('no answer'));
    session.on('error', ({ message }: Error) => end(message));
    session.once('close', () => end('closed without an answer'));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', ({ message }: Error) => end(message));
    stream.once('trailers', ({ 'grpc-status': status }) =>
      end(status === '0' ? undefined : `grpc-status ${String(status)}`),
    );
    // An answer that is all trailers.
    stream.once('response', ({ 'grpc-status': status }, flags) => {
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) end(`grpc-status ${String(status)}`);
    });
    stream.resume();
    stream.end(withItem(grpcRequest, item));
  });
}

/** Where the last one was taken. */
let current = 0;

async function come(item: number): Promise<void> {
  const { addresses, attempts } = options;
  const heard: string[] = [];
  let at = current;
  while (heard.length < attempts) {
    const refusal = await send(addresses[at]!, item);
    if (refusal === undefined) {
      acknowledged.push(item);
      if (heard.length > 0) movedOn++;
      current = at;
      return;
    }
    heard.push(refusal);
    at = (at + 1) % addresses.length;
  }
  refusals.push(`item ${item}: ${heard.join(', then ')}`);
}

function send({ grpc, http }: Addresses, item: number): Promise<Refusal> {
  return item % grpcEvery === 0 ? byGrpc(grpc, item) : byHttp(http, item);
}

const open = new Set<Promise<void>>();
const startMs = performance.now();
let items = 0;
const timer = setInterval(() => {
  const due = ((performance.now() - startMs) * options.connectionsPerSecond) / 1000;
  while (items < due && open.size < maxOpen) {
    const client = come(items++).finally(() => open.delete(client));
    open.add(client);
  }
}, 1);

async function end(): Promise<void> {
  clearInterval(timer);
  await Promise.all(open);
  const report: ClientsReport = {
    kind: 'clients',
    connectedAt: Float64Array.from(connectedAt),
    acknowledged,
    refusals,
    movedOn,
  };
  process.send!(report, () => process.disconnect());
}
process.on('message', ({ kind }: EndClients) => void (kind === 'end' && end()));
// The parent has ended, or has what it asked for.
process.on('disconnect', () => process.exit());
