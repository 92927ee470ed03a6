import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

/** An object as the API server gives it, `metadata.resourceVersion` aside. */
export interface FakeObject {
  readonly metadata: Readonly<{
    name: string;
    namespace?: string;
    labels?: Readonly<Record<string, string>>;
  }>;
  readonly [key: string]: unknown;
}

/** What is asked. */
export interface ApiRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly httpVersion: string;
}

interface Event {
  readonly collection: string;
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: unknown;
}

type Response = ServerResponse | Http2ServerResponse;

/** An API server with collections of objects, which it lists and whose changes it streams, and which fails as it is told. */
export class FakeApiServer {
  readonly requests: ApiRequest[] = [];
  readonly #server: Server | ReturnType<typeof createSecureServer>;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  /** By collection and name. */
  readonly #objects = new Map<string, { readonly collection: string; readonly object: FakeObject }>();
  /** With the path that was asked for. */
  readonly #watches = new Map<Response, string>();
  readonly #refusals: ((response: Response) => void)[] = [];
  #events: Event[] = [];
  #version = 100;
  /** Changes up to this one are forgotten. */
  #oldest = 0;

  /** With a certificate it speaks TLS, and HTTP/2 to those who do. */
  constructor(tls?: { readonly cert: Buffer; readonly key: Buffer }) {
    const listener = (
      request: IncomingMessage | Http2ServerRequest,
      response: ServerResponse | Http2ServerResponse,
    ): void => this.#answer(request, response);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server =
      tls === undefined ? createServer(listener) : createSecureServer({ ...tls, allowHTTP1: true }, listener);
    const keep = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    };
    this.#server.on('connection', keep);
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  get watches(): number {
    return this.#watches.size;
  }

  get lists(): number {
    return this.requests.filter(({ query }) => !query.has('watch')).length;
  }

  /** `collection` is its path; without, the object is in any that is asked for. */
  put(object: FakeObject, collection: string = ''): void {
    const key = `${collection} ${object.metadata.name}`;
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.#objects.set(key, { collection, object });
    this.#happens(type, object, collection);
  }

  delete(name: string, collection: string = ''): void {
    const key = `${collection} ${name}`;
    const { object } = this.#objects.get(key)!;
    this.#objects.delete(key);
    this.#happens('DELETED', object, collection);
  }

  /** Something else happens in the cluster, of which watches hear by a bookmark alone. */
  bookmark(): void {
    this.#version++;
    const metadata = { resourceVersion: String(this.#version) };
    this.send(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata } })}\n`);
  }

  /** Whoever comes with an older place has to list anew. */
  forget(): void {
    this.#oldest = this.#version;
    this.#events = [];
  }

  /** Any bytes, to all watches. */
  send(text: string): void {
    for (const watch of this.#watches.keys()) (watch as ServerResponse).write(text);
  }

  /** Ends all watches as their time does. */
  endWatches(): void {
    for (const watch of this.#watches.keys()) watch.end();
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Answers the next request so. */
  refuseNext(status: number, message: string, headers: Readonly<Record<string, string>> = {}): void {
    this.#refusals.push((response) => {
      const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status };
      (response as ServerResponse).writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    });
  }

  /** Says nothing to the next request. */
  stallNext(): void {
    this.#refusals.push(() => {});
  }

  /** Answers the next request with this body. */
  answerNext(body: string): void {
    this.#refusals.push((response) => void response.end(body));
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #happens(type: Event['type'], given: FakeObject, collection: string): void {
    this.#version++;
    const object = versioned(given, this.#version);
    const event = { collection, version: this.#version, type, object };
    this.#events.push(event);
    for (const [watch, path] of this.#watches) {
      if (isIn(collection, path)) (watch as ServerResponse).write(line(event));
    }
  }

  #answer(request: IncomingMessage | Http2ServerRequest, response: Response): void {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://x');
    const { authorization } = request.headers;
    this.requests.push({ path: pathname, query, authorization, httpVersion: request.httpVersion });
    const refuse = this.#refusals.shift();
    if (refuse !== undefined) refuse(response);
    else if (query.get('watch') === 'true') {
      this.#watch(Number(query.get('resourceVersion')), pathname, response);
    } else this.#list(query, pathname, response);
  }

  #list(query: URLSearchParams, path: string, response: Response): void {
    const all = [...this.#objects.values()].flatMap(({ collection, object }) =>
      isIn(collection, path) ? [object] : [],
    );
    const start = Number(query.get('continue') ?? 0);
    const end = start + Number(query.get('limit') ?? Infinity);
    const metadata = {
      resourceVersion: String(this.#version),
      ...(end < all.length && { continue: String(end) }),
    };
    response.end(
      JSON.stringify({
        metadata,
        items: all.slice(start, end).map((object) => versioned(object, this.#version)),
      }),
    );
  }

  #watch(from: number, path: string, response: Response): void {
    (response as ServerResponse).writeHead(200, { 'content-type': 'application/json' });
    if (from < this.#oldest) {
      const object = { kind: 'Status', code: 410, message: `too old resource version: ${from}` };
      (response as ServerResponse).write(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      response.end();
      return;
    }
    this.#watches.set(response, path);
    (response as ServerResponse).once('close', () => this.#watches.delete(response));
    (response as ServerResponse).flushHeaders?.();
    for (const event of this.#events) {
      if (event.version > from && isIn(event.collection, path))
        (response as ServerResponse).write(line(event));
    }
  }
}

const isIn = (collection: string, path: string): boolean => collection === '' || collection === path;

function versioned(object: FakeObject, version: number): unknown {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

const line = ({ type, object }: Event): string => `${JSON.stringify({ type, object })}\n`;
