import {
  createHttpServer,
  formatHostPort,
  type HttpHandler,
  type HttpHead,
  type HttpReply,
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
  const pageAt = (path: string): Page | undefined =>
    byPath.get(path) ?? pages.find((page) => page.paths?.().includes(path));
  /** Says where something is, to whom it would be shown. */
  const notFound = (head: HttpHead): HttpReply => {
    const isPrivate = privacy(head) !== undefined;
    const paths = pages
      .filter(({ audience }) => audience === 'everyone' || !isPrivate)
      .flatMap((page) => page.paths?.() ?? [page.path]);
    return plain(404, `404 page not found; there are ${paths.join(', ')}\n`);
  };
  const handler: HttpHandler = {
    admit(head) {
      const page = pageAt(head.path);
      if (page === undefined) return notFound(head);
      const refusal = page.audience === 'machine' ? privacy(head) : undefined;
      if (refusal !== undefined) return refusal;
      const { method } = head;
      if (method === 'GET' || method === 'HEAD') return undefined;
      return plain(405, 'method not allowed\n', { allow: 'GET, HEAD' });
    },
    async handle(request) {
      const page = pageAt(request.path);
      // Who answered there has ended meanwhile.
      if (page === undefined) return notFound(request);
      const { type, body } = await page.render(request);
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
