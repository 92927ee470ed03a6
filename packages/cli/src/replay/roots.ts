import type { Traces } from '@tributary/pdata';

/** More traces than wait for a decision anywhere but where someone has asked for it. */
const maxRoots = 200_000;
const maxNameLength = 200;
const noId = '0'.repeat(32);

/** The root spans of traces that were not decided yet: `shop: GET /cart`. */
export class Roots {
  readonly #names = new Map<string, string>();

  add(traces: Traces): void {
    for (const span of traces.spans()) {
      if (span.parentSpanIdBytes.length > 0) continue;
      const service = span.resource.attributes.get('service.name');
      const name = typeof service === 'string' ? `${service}: ${span.name}` : span.name;
      if (this.#names.size >= maxRoots) this.#names.delete(this.#names.keys().next().value!);
      this.#names.set(span.traceId === '' ? noId : span.traceId, name.slice(0, maxNameLength));
    }
  }

  /** The name of a root, which is then forgotten. */
  take(trace: string): string | undefined {
    const name = this.#names.get(trace);
    this.#names.delete(trace);
    return name;
  }
}
