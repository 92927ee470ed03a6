import http2, {
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';

/**
 * The two HTTP/2 receive windows of a server. With HTTP/2's own 64 KiB a request
 * of 450 KB stops seven times to wait for the receiver (`npm run bench`: 1.09
 * instead of 0.80 CPU seconds per million spans in and out).
 */
export const streamWindowBytes: number = 8 << 20;
export const sessionWindowBytes: number = 32 << 20;

/** So many pieces may be of any size; beyond, they must have so many bytes on average. */
const freePieces = 1024;
const minPieceBytes = 64;

/**
 * Ends a stream that sends its message in crumbs: grpc-js keeps every DATA frame
 * as it came until the message is whole, and 4 MiB in frames of one byte take
 * 450 MB. It also reads what comes for a method that does not exist, which would
 * otherwise hold the window of the whole connection.
 */
function cutOffCrumbs(stream: ServerHttp2Stream): void {
  let pieces = 0;
  let bytes = 0;
  stream.on('data', (piece: Buffer) => {
    pieces++;
    bytes += piece.byteLength;
    if (pieces > freePieces && bytes < pieces * minPieceBytes) {
      stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
  });
}

/**
 * Ends a stream whose answer is complete before the request is: a refusal at the headers. grpc-js leaves it
 * paused, and what the client still sends, up to a whole window, would lie in memory until the client
 * notices. NO_ERROR asks it to stop, and the answer stands (RFC 9113, section 8.1).
 */
function endAnswered(stream: ServerHttp2Stream): void {
  stream.once('finish', () => {
    if (!stream.readableEnded) stream.close(http2.constants.NGHTTP2_NO_ERROR);
  });
}

/** The one function of node:http2 that is replaced, for the length of one call. */
const module: { createServer: (options: ServerOptions) => Http2Server } = http2;

/**
 * Runs `create`, which makes grpc-js create its HTTP/2 server, so that this
 * server gets larger windows, and no crumbs: grpc-js has an option for the client's windows
 * and none for the server's. `prepare` gets that server, too. `raised` is false where that did not work (another
 * version of grpc-js, a locked node:http2): the server then has default windows.
 */
export function withRaisedWindows<T>(
  create: () => T,
  prepare?: (server: Http2Server) => void,
): { readonly result: T; readonly raised: boolean } {
  const original = module.createServer;
  let raised = false;
  // Unlike an assignment it does not throw where the function may not be replaced.
  Reflect.set(module, 'createServer', (options: ServerOptions): Http2Server => {
    const server = original({
      ...options,
      settings: { ...options.settings, initialWindowSize: streamWindowBytes },
    });
    // The window of the session is no setting: each session raises its own.
    server.on('session', (session: ServerHttp2Session) => session.setLocalWindowSize(sessionWindowBytes));
    server.on('stream', cutOffCrumbs);
    server.on('stream', endAnswered);
    prepare?.(server);
    raised = true;
    return server;
  });
  try {
    const result = create();
    return { result, raised };
  } finally {
    Reflect.set(module, 'createServer', original);
  }
}
