import http2, { type Http2Server, type ServerHttp2Session, type ServerOptions } from 'node:http2';

/**
 * The two HTTP/2 receive windows of a server. With HTTP/2's own 64 KiB a request
 * of 450 KB stops seven times to wait for the receiver (`npm run bench`: 1.09
 * instead of 0.80 CPU seconds per million spans in and out).
 */
export const streamWindowBytes: number = 8 << 20;
export const sessionWindowBytes: number = 32 << 20;

/** The one function of node:http2 that is replaced, for the length of one call. */
const module: { createServer: (options: ServerOptions) => Http2Server } = http2;

/**
 * Runs `create`, which makes grpc-js create its HTTP/2 server, so that this
 * server gets larger windows: grpc-js has an option for the client's windows
 * and none for the server's. `prepare` gets that server, too. `raised` is false where that did not work (another
 * version of grpc-js, a locked node:http2): the server then has default windows.
 */
export function withRaisedWindows<T>(
  create: () => T,
  prepare: (server: Http2Server) => void,
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
    prepare(server);
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
