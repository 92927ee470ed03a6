import http2 from 'node:http2';
import { onTestFinished } from 'vitest';
import { echoPath } from './helpers.js';

/** What came back of a call. */
export interface RawReply {
  /** The headers, the trailers over them. */
  readonly headers: http2.IncomingHttpHeaders;
  /** The bytes behind the headers, frames and all. */
  readonly body: Buffer;
}

/** A call by node:http2, its body as given; `undefined` keeps it open. */
export async function rawCall(
  address: string,
  body: Buffer | undefined,
  headers: http2.OutgoingHttpHeaders = {},
): Promise<RawReply> {
  const session = http2.connect(`http://${address}`);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': echoPath,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => {});
  if (body !== undefined) stream.end(body);
  const pieces: Buffer[] = [];
  let received: http2.IncomingHttpHeaders = {};
  return new Promise((resolve) => {
    const done = (): void => {
      session.close();
      resolve({ headers: received, body: Buffer.concat(pieces) });
    };
    stream.on('response', (response) => {
      received = { ...response };
      if (response['grpc-status'] !== undefined) done();
    });
    stream.on('trailers', (trailers) => {
      received = { ...received, ...trailers };
      done();
    });
    stream.on('close', done);
    stream.on('data', (piece: Buffer) => pieces.push(piece));
  });
}
