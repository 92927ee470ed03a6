import type { HttpHandler, HttpReply, HttpRequest } from '@tributary/transport';

/**
 * Answers one path by `answer` and all others with 404. As in Go's servers, a path that ends in `/` stands
 * for all below it too; and the method does not matter, since probes use several.
 */
export function servePath(
  path: string | undefined,
  answer: (request: HttpRequest) => HttpReply,
): HttpHandler {
  const isServed = (asked: string): boolean =>
    path !== undefined && (asked === path || (path.endsWith('/') && asked.startsWith(path)));
  return {
    handle: (request) => (isServed(request.path) ? answer(request) : text(404, '404 page not found\n')),
    refuse: (_, { status, message }) => text(status, `${message}\n`),
  };
}

export function text(status: number, body: string): HttpReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export function json(status: number, value: unknown): HttpReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
