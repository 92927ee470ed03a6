// An OTLP backend on `node:http2` alone, which shares nothing with what is proved. It counts how often it took each span,
// by the number behind the mark in its ID, and is away while the parent says so: then its port is closed, and what
// it took last has had no answer. The first argument is how many numbers there are.
import { createServer } from 'node:http2';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';

const mark = Buffer.from('f00dcafe', 'hex');
/** Time in which what was answered before is read, and in which what comes is taken without an answer. */
const quietMs = 300;

const took = new Uint8Array(Number(process.argv[2]));
const unanswered = new Uint8Array(took.length);
const counts = { requests: 0, largestBytes: 0 };
const sockets = new Set();
let isGoing = false;
let server;

function take(message) {
  counts.requests++;
  counts.largestBytes = Math.max(counts.largestBytes, message.length);
  for (let at = message.indexOf(mark); at >= 0; at = message.indexOf(mark, at + 8)) {
    const number = message.readUInt32BE(at + 4);
    took[number]++;
    if (isGoing) unanswered[number]++;
  }
}

function answer(stream, body) {
  // Cancelled on the way.
  if (body.length < 5 || body.length !== 5 + body.readUInt32BE(1)) return;
  const message = body.subarray(5);
  take(body[0] === 1 ? gunzipSync(message) : message);
  if (isGoing) return;
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  // An empty response: five bytes of frame.
  stream.end(Buffer.alloc(5));
}

function come(port) {
  isGoing = false;
  return new Promise((resolve) => {
    server = createServer({ settings: { initialWindowSize: 8 << 20 } });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('sessionError', () => {}); // told by what is counted
    server.on('stream', (stream) => {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => answer(stream, Buffer.concat(chunks)));
      stream.on('error', () => {}); // as above
    });
    // Not 127.0.0.1: from there connections are made, and one of them could take the port meanwhile.
    server.listen(port, '127.0.0.2', () => resolve(server.address().port));
  });
}

async function go() {
  isGoing = true;
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.resetAndDestroy();
  await closed;
}

const port = await come(0);
process.on('message', async (request) => {
  if (request === 'go') await go();
  if (request === 'come') await come(port);
  process.send(request === 'counts' ? { ...counts, took, unanswered } : 'done');
});
// The parent is gone: nobody will ask any more.
process.on('disconnect', () => process.exit());
process.send(`127.0.0.2:${port}`);
