import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Metrics, Traces, type NumberDataPoint, type ScopeSpans, type Span } from '../src/index.js';
import { assertProperty } from '../../../test/support/property.js';

/** Groups of scopes of so many spans; every span has a name of its own. */
const anyShape = fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 3 }), { minLength: 1, maxLength: 3 });

function build(shape: readonly (readonly number[])[]): Traces {
  const traces = Traces.create();
  let count = 0;
  for (const scopes of shape) {
    const group = traces.addResourceSpans();
    for (const spans of scopes) {
      const scope = group.addScope();
      for (let i = 0; i < spans; i++) scope.add({ name: String(count++) });
    }
  }
  return traces;
}

/** In a tree of names, what a loop must still visit. */
interface Expected {
  readonly span: Span;
  readonly scope: ScopeSpans;
  isGone: boolean;
}

describe('a loop over spans', () => {
  it('visits what was there when it began and is there when it is reached, and nothing that was added', () => {
    assertProperty(
      fc.property(
        anyShape,
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.tuple(fc.constantFrom('self', 'other', 'scope', 'group', 'add', 'move'), fc.nat())),
        (shape, isRead, isEdited, actions) => {
          // From bytes, from edits, or both.
          const traces = isRead ? Traces.from(build(shape).toBytes()) : build(shape);
          if (isEdited) for (const span of traces.spans()) span.attributes.set('k', 'v');
          const groups = [...traces.resourceSpans()].map((group) => ({ group, scopes: [...group.scopes()] }));
          const scopes = groups.flatMap(({ scopes: inner }) => inner);
          const all = scopes.flatMap((scope) =>
            [...scope.spans()].map((span): Expected => ({ span, scope, isGone: false })),
          );
          const added: string[] = [];
          const visited: string[] = [];
          let next = 0;
          for (const span of traces.spans()) {
            while (all[next]?.isGone) next++;
            expect(span.name).toBe(all[next]?.span.name);
            expect(span.isRemoved).toBe(false);
            visited.push(span.name);
            const [action, which] = actions[visited.length % (actions.length + 1)] ?? ['none', 0];
            const other = all[which % all.length]!;
            const scope = scopes[which % scopes.length]!;
            const group = groups[which % groups.length]!;
            if (action === 'self') {
              span.remove();
              all[next]!.isGone = true;
            } else if (action === 'other') {
              other.span.remove();
              other.isGone = true;
            } else if (action === 'scope') {
              scope.remove();
              for (const one of all) if (one.scope === scope) one.isGone = true;
            } else if (action === 'group') {
              group.group.remove();
              for (const one of all) if (group.scopes.includes(one.scope)) one.isGone = true;
            } else if (action === 'add' && !scope.isRemoved) {
              added.push(scope.add({ name: `added ${added.length}` }).name);
            } else if (action === 'move' && !scope.isRemoved) {
              scope.add(span).name = `moved ${added.length}`;
              added.push(`moved ${added.length}`);
              span.remove();
              all[next]!.isGone = true;
            }
            next++;
          }
          expect(all.slice(next).every(({ isGone }) => isGone)).toBe(true);
          const left = all.filter(({ isGone }) => !isGone).map(({ span }) => span.name);
          const names = [...traces.spans()].map(({ name }) => name);
          expect(names.filter((name) => /^\d/.test(name))).toEqual(left);
          expect(traces.itemCount).toBe(names.length);
          expect([...Traces.from(traces.toBytes()).spans()].map(({ name }) => name)).toEqual(names);
        },
      ),
    );
  });
});

describe('a loop over data points', () => {
  it('does not visit a point again that was moved to a metric further down', () => {
    const metrics = Metrics.create();
    const scope = metrics.addResourceMetrics().addScope();
    scope.add({ name: 'a', gauge: { dataPoints: [{ asInt: 1n }, { asInt: 2n }] } });
    const target = scope.add({ name: 'b', sum: { dataPoints: [{ asInt: 3n }] } }).sum!;
    const visited: unknown[] = [];
    for (const point of metrics.dataPoints()) {
      visited.push('value' in point && point.value);
      if (point.metric.name !== 'a') continue;
      target.addDataPoint(point as NumberDataPoint);
      point.remove();
    }
    expect(visited).toEqual([1n, 2n, 3n]);
    expect([...target.dataPoints()].map(({ value }) => value)).toEqual([3n, 1n, 2n]);
    expect([...Metrics.from(metrics.toBytes()).metrics()].map(({ name }) => name)).toEqual(['b']);
  });
});

describe('a group', () => {
  it('vanishes with the last record that was removed, and so does the group around it', () => {
    assertProperty(
      fc.property(anyShape, fc.boolean(), fc.integer({ min: 1, max: 3 }), (shape, isRead, every) => {
        const traces = isRead ? Traces.from(build(shape).toBytes()) : build(shape);
        let index = 0;
        traces.filter(() => index++ % every !== 0);
        // What was empty from the start stays.
        index = 0;
        const kept = shape
          .map((scopes) =>
            scopes
              .map((spans) => ({ spans, left: Array.from({ length: spans }, () => index++ % every !== 0) }))
              .filter(({ spans, left }) => spans === 0 || left.includes(true))
              .map(({ left }) => left.filter(Boolean).length),
          )
          .filter((scopes, i) => shape[i]!.length === 0 || scopes.length > 0);
        const written = Traces.from(traces.toBytes());
        const found = [...written.resourceSpans()].map((group) =>
          [...group.scopes()].map((scope) => [...scope.spans()].length),
        );
        expect(found).toEqual(kept);
      }),
    );
  });

  it('of data points is a metric, which vanishes with its last point', () => {
    const metrics = Metrics.create();
    const scope = metrics.addResourceMetrics().addScope();
    scope.add({ name: 'a', gauge: { dataPoints: [{ asInt: 1n }] } });
    scope.add({ name: 'b', sum: { dataPoints: [{ asInt: 2n }, { asInt: 3n }] } });
    scope.add({ name: 'c', summary: {} });
    const read = Metrics.from(metrics.toBytes());
    for (const batch of [metrics, read]) {
      batch.filterDataPoints((point) => 'asInt' in point && point.asInt === 3n);
      const written = Metrics.from(batch.toBytes());
      expect([...written.metrics()].map(({ name }) => name)).toEqual(['b', 'c']);
    }
  });
});
