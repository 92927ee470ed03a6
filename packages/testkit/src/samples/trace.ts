import type { SpanInit, SpanKind } from '@tributary/pdata';
import { pick } from '../random.js';
import { hex, nanos, routeOf, services, type Service } from './shop.js';

/** A span, and the service that it is of. */
export interface ShopSpan {
  readonly service: Service;
  readonly span: SpanInit;
  readonly endMs: number;
}

/** A span before it is known how it ended. */
interface Call {
  readonly service: Service;
  /** Of a client: whom it calls. */
  readonly callee: Service | undefined;
  readonly parent: Call | undefined;
  readonly spanId: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly endMs: number;
  state: 'ok' | 'failed' | 'failed below';
}

/**
 * A request of a user as it goes through the shop, root first: each span within its parent's time, a service
 * entered by a server span below the client span of its caller, and a failure seen all the way up.
 */
export function sampleTrace(
  random: () => number,
  {
    spans,
    startMs,
    errorShare,
  }: { readonly spans: number; readonly startMs: number; readonly errorShare: number },
): ShopSpan[] {
  const calls: Call[] = [];
  for (let n = 0; n < spans; n++) calls.push(callIn(calls, random, startMs));
  if (random() < errorShare) fail(pick(calls, random));
  const traceId = hex(random, 32);
  const route = routeOf(random);
  const userId = `u${Math.floor(random() * 10_000)}`;
  return calls.map((call) => ({
    service: call.service,
    endMs: call.endMs,
    span: {
      traceId,
      spanId: call.spanId,
      ...(call.parent !== undefined && { parentSpanId: call.parent.spanId }),
      name: nameOf(call, route),
      kind: call.kind,
      startTimeUnixNano: nanos(call.startMs),
      endTimeUnixNano: nanos(call.endMs),
      attributes: {
        'http.request.method': 'GET',
        'http.route': route,
        'http.response.status_code': call.state === 'ok' ? 200 : 500,
        'user.id': userId,
        ...(call.callee !== undefined && { 'server.address': call.callee }),
      },
      ...endOf(call),
    },
  }));
}

function callIn(calls: readonly Call[], random: () => number, startMs: number): Call {
  const spanId = hex(random, 16);
  const root = calls[0];
  if (root === undefined) {
    // Most are quick, and some are slow.
    const endMs = startMs + 0.05 + random() ** 4 * 2000;
    return {
      service: 'frontend',
      callee: undefined,
      parent: undefined,
      spanId,
      kind: 'server',
      startMs,
      endMs,
      state: 'ok',
    };
  }
  const open = calls.find(
    ({ kind, spanId: id }) => kind === 'client' && !calls.some(({ parent }) => parent?.spanId === id),
  );
  const parent =
    open ??
    pick(
      calls.filter(({ kind }) => kind !== 'client'),
      random,
    );
  const kind = open !== undefined ? 'server' : random() < 0.6 ? 'client' : 'internal';
  const lengthMs = parent.endMs - parent.startMs;
  const begin = parent.startMs + random() * 0.4 * lengthMs;
  return {
    service: open?.callee ?? parent.service,
    callee:
      kind === 'client'
        ? pick(
            services.filter((service) => service !== parent.service),
            random,
          )
        : undefined,
    parent,
    spanId,
    kind,
    startMs: begin,
    endMs: begin + (0.2 + random() * 0.4) * lengthMs,
    state: 'ok',
  };
}

function fail(call: Call): void {
  call.state = 'failed';
  for (let above = call.parent; above !== undefined; above = above.parent) above.state = 'failed below';
}

function nameOf({ kind, callee }: Call, route: string): string {
  if (kind === 'internal') return 'render';
  return callee === undefined ? `GET ${route}` : `GET ${callee}`;
}

function endOf({ state, endMs }: Call): Pick<SpanInit, 'status' | 'events'> {
  if (state === 'ok') return {};
  const message = 'upstream timed out';
  if (state === 'failed below') return { status: { code: 'error', message } };
  const attributes = { 'exception.type': 'TimeoutError', 'exception.message': message };
  return {
    status: { code: 'error', message },
    events: [{ name: 'exception', timeUnixNano: nanos(endMs), attributes }],
  };
}
