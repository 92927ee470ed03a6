import type { Settings } from '@tributary/component';
import type { Store } from './store.js';

/** What an extension says of its stores. */
export interface StoreMetrics {
  /** Something in a file of a store cannot be read. */
  damaged(store: string): void;
  /** Shows no more. */
  end(): void;
}

/** Shows how large stores are, those that are open. */
export function observeStores(
  meter: Settings<unknown>['meter'],
  stores: ReadonlyMap<string, Store>,
): StoreMetrics {
  const damages = meter.createCounter('otelcol_file_storage_damages', {
    description: 'Places in files of a store that could not be read.',
    unit: '{place}',
  });
  const gauge = (name: string, description: string, read: (store: Store) => number): (() => void) => {
    const instrument = meter.createObservableGauge(`otelcol_file_storage_${name}`, {
      description,
      unit: 'By',
    });
    const observe: Parameters<typeof instrument.addCallback>[0] = (result) => {
      for (const [store, opened] of stores) result.observe(read(opened), { store });
    };
    instrument.addCallback(observe);
    return () => instrument.removeCallback(observe);
  };
  const ends = [
    gauge('size', 'What the files of a store take.', ({ bytes }) => bytes),
    gauge('used', 'What of that is of use.', ({ liveBytes }) => liveBytes),
  ];
  return {
    damaged: (store) => damages.add(1, { store }),
    end() {
      for (const end of ends) end();
    },
  };
}
