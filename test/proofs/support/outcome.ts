import type { Load } from './load.js';
import type { CollectorProcess } from './processes.js';
import type { BackendRecord } from './record.js';

/** What became of all items, counted from their IDs. */
export interface Outcome {
  readonly sent: number;
  /** The sender was told that they are taken. */
  readonly acknowledged: number;
  /** The sender was told that they never will be. */
  readonly refused: number;
  /** Nobody told the sender anything. */
  readonly unanswered: number;
  /** Acknowledged, and taken by the backend at least once. */
  readonly delivered: number;
  /** Acknowledged, and never taken by the backend. */
  readonly lost: number;
  /** Lost, although the backend never refused them for good. */
  readonly lostWithoutRefusal: number;
  /** Acknowledged, and refused for good by the backend: also after it had taken them and the answer was lost. */
  readonly refusedForGood: number;
  /** Times that the backend took an item again. */
  readonly duplicated: number;
  /** Of these, times for which no answer of the backend was lost. */
  readonly unexplained: number;
  /** Items that the logs of the collectors name as dropped. */
  readonly loggedDrops: number;
  /** Items that the books of the collectors count as dropped. */
  readonly countedDrops: number;
  /** What did not add up in the books, at any time. */
  readonly wrong: readonly string[];
}

/** Compares what the load was told with what the backend noted. */
export function outcomeOf(
  load: Load,
  record: BackendRecord,
  collectors: readonly CollectorProcess[],
): Outcome {
  const items = { acknowledged: 0, 'refused for good': 0, unanswered: 0 };
  let lost = 0;
  let lostWithoutRefusal = 0;
  let refusedForGood = 0;
  let delivered = 0;
  let duplicated = 0;
  let unexplained = 0;
  for (const { firstId, items: count, outcome } of load.requests) {
    items[outcome] += count;
    for (let id = firstId; id < firstId + count; id++) {
      const took = record.took(id);
      if (took > 1) {
        duplicated += took - 1;
        unexplained += Math.max(0, took - 1 - record.answersLost(id));
      }
      if (outcome !== 'acknowledged') continue;
      if (took > 0) delivered++;
      else {
        lost++;
        if (!record.isRefusedForGood(id)) lostWithoutRefusal++;
      }
      if (record.isRefusedForGood(id)) refusedForGood++;
    }
  }
  let loggedDrops = 0;
  let countedDrops = 0;
  const wrong: string[] = [];
  for (const collector of collectors) {
    loggedDrops += collector.loggedDrops;
    for (const count of collector.countedDrops.values()) countedDrops += count;
    wrong.push(...collector.wrong);
  }
  return {
    sent: load.items,
    acknowledged: items.acknowledged,
    refused: items['refused for good'],
    unanswered: items.unanswered,
    delivered,
    lost,
    lostWithoutRefusal,
    refusedForGood,
    duplicated,
    unexplained,
    loggedDrops,
    countedDrops,
    wrong,
  };
}
