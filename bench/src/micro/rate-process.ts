/** Runs rows for `bench:micro --against`, each when the parent names it. */
import { makeTraces } from '../load/telemetry.js';
import { rateOf } from './rate.js';
import { makeRows, spansPerRequest } from './rows.js';

/** What a row has reached, or why it cannot run here. */
export type Rated = { readonly rate: number } | { readonly problem: string };

const rows = new Map(makeRows(makeTraces(spansPerRequest, 1)).map((row) => [row.name, row]));

process.on('message', (name: string) => process.send!(rated(name)));

function rated(name: string): Rated {
  try {
    return { rate: rateOf(rows.get(name)!) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
