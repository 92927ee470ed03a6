import { expect, it } from 'vitest';
import { schema } from './config.js';
import { warningsOf } from './warnings.js';

const nothing = 'sampling_percentage is less than mode hash_seed can keep: it keeps nothing';
const undecided =
  'attribute_source is record and from_attribute is empty: no log record can be decided about';

it.each([
  [{ sampling_percentage: 0.006 }, [nothing], [nothing]],
  [{ sampling_percentage: 0.006, mode: 'equalizing' }, [], []],
  [{ sampling_percentage: 0 }, [], []],
  [{ attribute_source: 'record' }, [], [undecided]],
  [{ attribute_source: 'record', mode: 'equalizing' }, [], []],
  [{ from_attribute: 'id' }, [], []],
  [{ from_attribute: 'id', mode: 'proportional' }, [], ['from_attribute has no effect in mode proportional']],
] as const)('of %j: %j for traces, %j for logs', (config, ofTraces, ofLogs) => {
  expect(warningsOf(schema.parse(config), 'traces')).toEqual(ofTraces);
  expect(warningsOf(schema.parse(config), 'logs')).toEqual(ofLogs);
});
