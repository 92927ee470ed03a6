import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ratesOf } from '../../packages/cli/src/top/rates.js';
import { parseReport } from '../../packages/cli/src/top/report.js';
import { view } from '../../packages/cli/src/top/view.js';
import { componentLine, edgeLine, reportAt } from '../../packages/cli/test/reports.js';
import { assertProperty } from '../support/property.js';

// Whatever listens at the endpoint, `top` shows it or says that it is no report.

const report = reportAt(10, {
  components: [
    componentLine({ dropped: { full: 3 }, queue: { size: 1, capacity: 2, unit: 'items' } }),
    componentLine({ component: 'other' }),
  ],
  edges: [edgeLine({ offered: 7 }), edgeLine()],
  imbalances: ['a line'],
});

/** The ways to every value in it. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function withValue(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const inner = withValue((value as Record<string, unknown>)[key], rest, other);
  if (Array.isArray(value)) return value.with(Number(key), inner);
  return { ...(value as object), [key]: inner };
}

const changed = fc
  .tuple(fc.constantFrom(...pathsOf(report)), fc.jsonValue())
  .map(([path, other]) => JSON.stringify(withValue(report, path, other)));

it('an answer is shown within the screen, or refused', () => {
  let shown = 0;
  assertProperty(
    fc.property(
      fc.oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: fc.json() }),
      fc.nat(120),
      fc.nat(40),
      (text, width, height) => {
        const parsed = parseReport(text);
        if (parsed === undefined) return;
        shown++;
        const paint = (piece: string): string => piece;
        const options = { name: 'x', width, height, paint };
        for (const rates of [undefined, ratesOf(reportAt(5), parsed), ratesOf(parsed, report)]) {
          const lines = view(parsed, { ...options, rates });
          expect(lines.length).toBeLessThanOrEqual(height);
          for (const line of lines) {
            expect(Array.from(line).length).toBeLessThanOrEqual(width);
            expect(line).not.toMatch(/\p{Cc}/u);
          }
        }
      },
    ),
  );
  expect(shown).toBeGreaterThan(0);
});

it('negative control: what lacks a part is refused, and the whole is not', () => {
  expect(parseReport(JSON.stringify(report))).toEqual(report);
  for (const path of pathsOf(report).filter((each) => each.length > 0)) {
    const text = JSON.stringify(withValue(report, path, undefined));
    const isOptional = ['queue', 'full'].includes(path.at(-1)!);
    expect([path, parseReport(text) !== undefined]).toEqual([path, isOptional]);
  }
});
