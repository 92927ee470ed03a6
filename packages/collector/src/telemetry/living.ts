import type { Attributes } from '@opentelemetry/api';
import type { ComponentKind, Signal } from '@tributary/component';
import { engineScope } from './figures.js';

/** A component, or its part for a signal. Both its names are those of series: the id, and the id counted up. */
export interface Member {
  readonly id: string;
  readonly subject: {
    readonly component: string;
    readonly kind: ComponentKind;
    readonly signal: Signal | undefined;
  };
}

/**
 * Who lives in a collector. The SDK forgets no series that it has seen: without this, those of a component that a
 * reload has taken away would stand in every scrape, with their last values, as if it were still there.
 */
export class Living {
  readonly #members = new Set<Member>();
  readonly #gone: Set<string>[] = [];

  /** Returns how it leaves. */
  add(member: Member): () => void {
    this.#members.add(member);
    return () => {
      this.#members.delete(member);
      for (const gone of this.#gone) for (const owner of ownersOf(member)) gone.add(owner);
    };
  }

  /** What {@link ownerOf} may say of a series that is told. */
  owners(): Set<string> {
    return new Set([...this.#members].flatMap(ownersOf));
  }

  /** Gathers those who leave from now on: a reader that sends has a last report of them to make. */
  gone(): Set<string> {
    const gone = new Set<string>();
    this.#gone.push(gone);
    return gone;
  }
}

/** Whose series it is; undefined: of nobody who could leave. */
export function ownerOf(scope: string, attributes: Attributes): string | undefined {
  const kind =
    scope === engineScope ? 'processor' : kinds.find((each) => scope.startsWith(`tributary/${each}/`));
  const name = kind && attributes[kind];
  if (kind === undefined || typeof name !== 'string') return undefined;
  // A part may leave by itself; these two say which of them it is.
  const signal = kind === 'exporter' ? attributes['data_type'] : attributes['otel.signal'];
  return owner(kind, name, typeof signal === 'string' ? signal : undefined);
}

const kinds: readonly ComponentKind[] = ['receiver', 'processor', 'exporter', 'connector', 'extension'];

function ownersOf({ id, subject: { component, kind, signal } }: Member): readonly string[] {
  return [id, component].flatMap((name) => [owner(kind, name), owner(kind, name, signal)]);
}

function owner(kind: ComponentKind, name: string, signal?: string): string {
  return signal === undefined ? `${kind} ${name}` : `${kind} ${name} ${signal}`;
}
