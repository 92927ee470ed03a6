import { createMatcher } from '@tributary/patterns';
import {
  createOperators,
  newEntry,
  noReceipt,
  type EntryMap,
  type OperatorsRuntime,
} from '@tributary/stanza';
import type { HeaderSettings } from './config.js';
import type { HeaderReader } from './record-maker.js';

/** Reads lines of a header by operators: what these set on the attributes goes to all records of the file. */
export function createHeaderReader(
  { pattern, metadata_operators }: HeaderSettings,
  runtime: OperatorsRuntime,
): HeaderReader {
  let found: EntryMap = {};
  // Its lines are no records: nobody keeps books of them.
  const ledger = { ...runtime.ledger, absorbed() {}, created() {}, dropped() {}, filtered() {} };
  const operators = createOperators(metadata_operators, { ...runtime, ledger }, ({ attributes }) => {
    found = { ...found, ...attributes };
  });
  const matches = createMatcher([pattern], 1);
  return {
    matches: (line) => matches(line) >= 0,
    read(line) {
      found = {};
      operators.process(newEntry(line, 0n, noReceipt));
      operators.flush();
      return found;
    },
  };
}
