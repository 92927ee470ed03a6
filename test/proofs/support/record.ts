import * as fs from 'node:fs';
import type { RecordKind } from '../programs/src/backend-messages.js';

/** What the backend noted, by the IDs of the items. */
export interface BackendRecord {
  /** How often the backend took an item. */
  took(id: number): number;
  /** How often it took it and the sender did not hear of it. */
  answersLost(id: number): number;
  /** Whether it ever told the sender that it will never take the item. */
  isRefusedForGood(id: number): boolean;
  /** Requests of each kind. */
  readonly requests: Readonly<Record<RecordKind, number>>;
}

/** Reads the file that a backend has written, over all its lives. */
export function readRecord(file: string): BackendRecord {
  const counts: Record<RecordKind, Map<number, number>> = {
    took: new Map(),
    'answer lost': new Map(),
    'refused for good': new Map(),
    'too large': new Map(),
  };
  const requests: Record<RecordKind, number> = {
    took: 0,
    'answer lost': 0,
    'refused for good': 0,
    'too large': 0,
  };
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    // A line without its dot was cut by a kill, before the answer.
    const [, kind, ranges] = /^(.+): (.*)\.$/.exec(line) ?? [];
    if (kind === undefined) continue;
    requests[kind as RecordKind]++;
    const counted = counts[kind as RecordKind];
    for (const range of ranges!.split(',')) {
      const [first, last] = range.split('-').map(Number);
      for (let id = first!; id <= last!; id++) counted.set(id, (counted.get(id) ?? 0) + 1);
    }
  }
  return {
    took: (id) => counts.took.get(id) ?? 0,
    answersLost: (id) => counts['answer lost'].get(id) ?? 0,
    isRefusedForGood: (id) => counts['refused for good'].has(id),
    requests,
  };
}
