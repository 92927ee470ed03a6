/** What the span of a template is. */
export interface SpanPlan {
  readonly textBytes: number;
  /** Default false. */
  readonly hasFailed?: boolean;
  /** Whether the span has no trace ID, or how it is broken. Default: it has one, of the number of its trace. */
  readonly traceId?: Buffer;
}

/** Two bytes of tag and length stand between the ID of a trace and that of its span. */
const traceBeforeNumber = 16 + 2 + 4;
const mark = Buffer.from('f00dcafe', 'hex');
const startNanos = 1_764_000_000_000_000_000n;

/** A request whose spans are given other numbers: to make the next is to copy it and to write these. */
export class Template {
  readonly #bytes: Buffer;
  readonly #places: number[] = [];
  readonly #plans: readonly SpanPlan[];

  constructor(plans: readonly SpanPlan[]) {
    this.#plans = plans;
    const service = attribute('service.name', 'checkout');
    const scope = frame(0x0a, frame(0x0a, Buffer.from('load')));
    const spans = plans.map((plan) => frame(0x12, span(plan)));
    this.#bytes = frame(
      0x0a,
      Buffer.concat([frame(0x0a, frame(0x0a, service)), frame(0x12, Buffer.concat([scope, ...spans]))]),
    );
    for (let at = this.#bytes.indexOf(mark); at >= 0; at = this.#bytes.indexOf(mark, at + 8)) {
      this.#places.push(at + mark.length);
    }
  }

  /** The request with these numbers, in the order of its spans; the trace of a span is its number / 16. */
  withNumbers(numbers: ArrayLike<number>): Buffer {
    const bytes = Buffer.from(this.#bytes);
    for (let i = 0; i < this.#places.length; i++) {
      const at = this.#places[i]!;
      const number = numbers[i]!;
      bytes.writeUInt32BE(number, at);
      if (this.#plans[i]!.traceId !== undefined) continue;
      const trace = number >>> 4;
      bytes.writeUInt32BE(scattered(trace), at - traceBeforeNumber);
      bytes.writeUInt32BE(scattered(~trace), at - traceBeforeNumber + 4);
      bytes.writeUInt32BE(trace, at - traceBeforeNumber + 12);
    }
    return bytes;
  }
}

function span({ textBytes, hasFailed = false, traceId = Buffer.alloc(16, 1) }: SpanPlan): Buffer {
  return Buffer.concat([
    ...(traceId.length > 0 ? [frame(0x0a, traceId)] : []),
    frame(0x12, Buffer.concat([mark, Buffer.alloc(4)])),
    frame(0x2a, Buffer.from('GET /api/v1/carts/:id/items')),
    fixed64(0x39, startNanos),
    fixed64(0x41, startNanos + 250_000_000n),
    frame(0x4a, attribute('http.route', '/api/v1/carts/:id/items')),
    frame(0x4a, attribute('text', 'x'.repeat(textBytes))),
    ...(hasFailed ? [frame(0x7a, Buffer.from([0x18, 2]))] : []),
  ]);
}

function attribute(key: string, text: string): Buffer {
  return Buffer.concat([frame(0x0a, Buffer.from(key)), frame(0x12, frame(0x0a, Buffer.from(text)))]);
}

function frame(tag: number, body: Buffer): Buffer {
  const head = [tag];
  let length = body.length;
  for (; length > 127; length >>>= 7) head.push((length & 127) | 128);
  return Buffer.concat([Buffer.from([...head, length]), body]);
}

function fixed64(tag: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9, tag);
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

/** Another number for each; they look random, as IDs do. */
function scattered(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
