import { signals, type Counts, type DemoSignal } from './messages.js';

/** What arrived at the backend, by the IDs of the items. */
export class Arrivals {
  /** How often each ID arrived. */
  readonly #times: Readonly<Record<DemoSignal, Uint16Array>>;
  /** When each ID arrived first, in milliseconds since the epoch. */
  readonly #at: Readonly<Record<DemoSignal, Float64Array>>;
  /** Which gateway each span came from, from 1 on. */
  readonly #gateways: Uint8Array;
  readonly #gatewayNames: string[] = [];

  /** IDs are below `idLimit`, for each signal. */
  constructor(idLimit: number) {
    this.#times = perSignal(() => new Uint16Array(idLimit));
    this.#at = perSignal(() => new Float64Array(idLimit));
    this.#gateways = new Uint8Array(idLimit);
  }

  arrived(signal: DemoSignal, id: number, at: number): void {
    const times = this.#times[signal];
    if (!(id >= 0 && id < times.length)) throw new RangeError(`not an ID of the load: ${id}`);
    if (times[id] === 0) this.#at[signal][id] = at;
    times[id]!++;
  }

  /** A span arrived by way of that gateway. */
  cameFrom(span: number, gateway: string): void {
    if (!this.#gatewayNames.includes(gateway)) this.#gatewayNames.push(gateway);
    this.#gateways[span] = this.#gatewayNames.indexOf(gateway) + 1;
  }

  /** The number of the gateway that a span came from; 0: it did not arrive. */
  gatewayOf(span: number): number {
    return this.#gateways[span]!;
  }

  /** When the item arrived first; `undefined` if it did not. */
  when(signal: DemoSignal, id: number): number | undefined {
    return this.#at[signal][id] || undefined;
  }

  /** Items that arrived at least once. */
  received(): Counts {
    return perSignal((signal) => this.#times[signal].reduce((sum, times) => sum + Math.min(times, 1), 0));
  }

  /** Arrivals of items that had arrived before. */
  duplicated(): Counts {
    return perSignal((signal) => this.#times[signal].reduce((sum, times) => sum + Math.max(times - 1, 0), 0));
  }

  /** Of the items 0 to `sent` less one, those that never arrived. */
  lost(sent: Counts): Counts {
    return perSignal((signal) => {
      let lost = 0;
      for (let id = 0; id < sent[signal]; id++) if (this.#times[signal][id] === 0) lost++;
      return lost;
    });
  }
}

/** A record with a value for each signal. */
export function perSignal<T>(make: (signal: DemoSignal) => T): Record<DemoSignal, T> {
  return Object.fromEntries(signals.map((signal) => [signal, make(signal)])) as Record<DemoSignal, T>;
}
