import { describe, expect, it } from 'vitest';
import { componentLine, edgeLine, reportAt } from '../../test/reports.js';
import { ratesOf } from './rates.js';

const passed = ({ passed: items }: { readonly passed: number }): number => items;

describe('rates', () => {
  it('are what came in between, by the times of the answers', () => {
    const before = reportAt(10, {
      edges: [edgeLine({ offered: 100, refused: 10 })],
      components: [componentLine({ passed: 5 })],
    });
    const edge = edgeLine({ offered: 160, refused: 10 });
    const component = componentLine({ passed: 8 });
    const rates = ratesOf(before, reportAt(14, { edges: [edge], components: [component] }));
    expect(rates.ofEdge(edge, 'offered')).toBe(15);
    expect(rates.ofEdge(edge, 'refused')).toBe(0);
    expect(rates.ofComponent(component, passed)).toBe(0.75);
  });

  const edge = edgeLine({ offered: 10 });
  it.each([
    ['there was no answer before', undefined, 10],
    ['the collector was started anew', reportAt(20, { edges: [edgeLine()] }), 10],
    ['two answers are of one moment', reportAt(10, { edges: [edgeLine()] }), 10],
    ['the line is new', reportAt(5, { edges: [edgeLine({ from: 'other' })] }), 10],
    ['the line begins anew', reportAt(5, { edges: [edgeLine({ offered: 11 })] }), 10],
  ])('are not told where %s', (_, before, seconds) => {
    expect(ratesOf(before, reportAt(seconds, { edges: [edge] })).ofEdge(edge, 'offered')).toBeUndefined();
  });

  it('take lines of one name in their order', () => {
    const lines = [edgeLine({ offered: 20 }), edgeLine({ offered: 5 })];
    const before = reportAt(0, { edges: [edgeLine({ offered: 10 }), edgeLine({ offered: 1 })] });
    const rates = ratesOf(before, reportAt(2, { edges: lines }));
    expect(lines.map((line) => rates.ofEdge(line, 'offered'))).toEqual([5, 2]);
  });
});
