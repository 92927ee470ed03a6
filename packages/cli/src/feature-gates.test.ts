import { describe, expect, it } from 'vitest';
import { applyFeatureGates, featureGates, type FeatureGate } from './feature-gates.js';

const gates: readonly FeatureGate[] = [
  { id: 'new', stage: 'Alpha', description: '' },
  { id: 'tried', stage: 'Beta', description: '' },
  { id: 'kept', stage: 'Stable', description: '' },
  { id: 'gone', stage: 'Deprecated', description: '' },
];

describe('feature gates', () => {
  it.each([
    [[], ['kept', 'tried']],
    [['new'], ['kept', 'new', 'tried']],
    [['+new,-tried'], ['kept', 'new']],
    [
      ['new', '-new'],
      ['kept', 'tried'],
    ],
    [[''], ['kept', 'tried']],
  ])('%j turns on %j', (lists, enabled) => {
    expect([...applyFeatureGates(lists, gates).enabled].toSorted()).toEqual(enabled);
  });

  it.each([
    ['new,', 'empty feature gate identifier at index 1'],
    ['newer', 'no such feature gate "newer". valid gates: [new tried kept gone]'],
    ['-kept', 'feature gate "kept" is stable, can not be disabled'],
    ['gone', 'feature gate "gone" is deprecated, can not be enabled'],
  ])('%j is refused: %s', (list, message) => {
    expect(() => applyFeatureGates([list], gates)).toThrow(message);
  });

  it('tells everything that is wrong', () => {
    expect(() => applyFeatureGates(['a', '-kept'], gates)).toThrow(
      'no such feature gate "a". valid gates: [new tried kept gone]\nfeature gate "kept" is stable, can not be disabled',
    );
  });

  it('says that a gate which is settled need not be named', () => {
    expect(applyFeatureGates(['kept,-gone'], gates).notices).toEqual([
      'Feature gate "kept" is stable and always enabled: leave it out.',
      'Feature gate "gone" is deprecated and always disabled: leave it out.',
    ]);
  });

  it('have ids that the Collector takes', () => {
    expect(featureGates.filter(({ id }) => !/^[0-9a-zA-Z.]+$/.test(id))).toEqual([]);
  });
});
