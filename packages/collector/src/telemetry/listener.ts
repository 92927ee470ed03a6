import {
  createHttpServer,
  formatHostPort,
  type HttpHandler,
  type HttpServerOptions,
  type Server,
} from '@tributary/transport';
import { plain, type Page, type Privacy } from './page.js';

/** What a listener of the telemetry is made of. */
export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly runtime: HttpServerOptions['runtime'];
  readonly pages: readonly Page[];
  readonly privacy: Privacy;
}

/** An HTTP server of pages: GET and HEAD, nothing else. */
export function createListener({ host, port, runtime, pages, privacy }: ListenerOptions): Server {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  const handler: HttpHandler = {
    admit(head) {
      const page = byPath.get(head.path);
      if (page === undefined) return plain(404, '404 page not found\n');
      const refusal = page.audience === 'machine' ? privacy(head) : undefined;
      if (refusal !== undefined) return refusal;
      const { method } = head;
      if (method === 'GET' || method === 'HEAD') return undefined;
      return plain(405, 'method not allowed\n', { allow: 'GET, HEAD' });
    },
    async handle({ path }) {
      const { type, body } = await byPath.get(path)!.render();
      return { status: 200, headers: { ...always, 'content-type': type }, body };
    },
    refuse: (_, { status, message }) => plain(status, `${message}\n`),
  };
  return createHttpServer({
    runtime,
    endpoint: host.startsWith('[') ? `${host}:${port}` : formatHostPort(host, port),
    handler,
    maxBodyBytes: 1024,
    // Those of the Collector.
    headerTimeoutMs: 5000,
    requestTimeoutMs: 5000,
    writeTimeoutMs: 10_000,
    idleTimeoutMs: 120_000,
  });
}

/** The moment is over when it has been told, and it is what it says that it is. */
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
