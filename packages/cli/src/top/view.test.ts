import { describe, expect, it } from 'vitest';
import { componentLine, edgeLine, reportAt } from '../../test/reports.js';
import { ratesOf } from './rates.js';
import { view, type ViewOptions } from './view.js';

const options: ViewOptions = {
  name: 'http://localhost:8888',
  width: 200,
  height: 100,
  paint: (text, tone) => (tone === 'bad' ? ` !${text.trim()}!` : text),
};
const report = reportAt(90, {
  components: [
    componentLine({
      component: 'otlp_grpc',
      kind: 'exporter',
      received: 900,
      passed: 700,
      held: 50,
      dropped: { queue_full: 140, rejected: 10 },
      queue: { size: 5, capacity: 1000, unit: 'requests' },
    }),
    componentLine({ component: 'otlp', kind: 'receiver', created: 950, passed: 950 }),
  ],
  edges: [edgeLine({ to: 'otlp_grpc', offered: 1000, accepted: 900, refused: 50, inFlight: 50 })],
});
const words = (line: string): string => line.replaceAll(/ +/g, ' ').trim();

describe('the view', () => {
  it('shows edges and components from the front, with their sums', () => {
    expect(view(report, options).map(words)).toEqual([
      'acme 1.2.3 at http://localhost:8888, up 1m 30s',
      'The books add up.',
      '',
      'FROM TO SIGNAL PIPELINE OFFERED ACCEPTED REFUSED IN FLIGHT',
      'otlp otlp_grpc traces traces 1,000 900 !50! 50',
      '',
      'COMPONENT KIND SIGNAL PIPELINE IN OUT HELD QUEUE DROPPED',
      'otlp receiver traces traces 950 950 0 0',
      'otlp_grpc exporter traces traces 900 700 50 5/1,000 requests !140 queue_full, 10 rejected!',
    ]);
  });

  it('shows what happens per second', () => {
    const before = reportAt(80, {
      edges: [edgeLine({ to: 'otlp_grpc', offered: 500, refused: 45 })],
      components: [
        componentLine({
          component: 'otlp_grpc',
          kind: 'exporter',
          received: 400,
          dropped: { queue_full: 100 },
        }),
      ],
    });
    const lines = view(report, { ...options, rates: ratesOf(before, report), hint: 'every 10s' }).map(words);
    expect(lines[0]).toBe('acme 1.2.3 at http://localhost:8888, up 1m 30s; every 10s');
    expect(lines[3]).toBe('FROM TO SIGNAL PIPELINE OFFERED/S REFUSED/S OFFERED ACCEPTED REFUSED IN FLIGHT');
    expect(lines[4]).toContain('50 !0.5! 1,000');
    expect(lines[6]).toBe('COMPONENT KIND SIGNAL PIPELINE IN/S OUT/S DROPPED/S IN OUT HELD QUEUE DROPPED');
    expect(lines[7]).toContain('traces - - - 950');
    expect(lines[8]).toContain('50 70 !5.0! 900');
  });

  it('shows first what does not add up, and why it is not of this moment', () => {
    const imbalances = ['one', 'two', 'three', 'four'];
    const failure = 'cannot reach it';
    expect(view({ ...report, imbalances }, { ...options, failure }).slice(1, 6)).toEqual([
      ' !cannot reach it!',
      ' !The books do not add up in 4 lines, of which 3 are:!',
      ' !one!',
      ' !two!',
      ' !three!',
    ]);
    expect(view({ ...report, imbalances: ['one'] }, options)[1]).toBe(
      ' !The books do not add up in 1 line:!',
    );
  });

  const many = reportAt(1, {
    edges: Array.from({ length: 30 }, (_, i) => edgeLine({ from: `edge ${i}` })),
    components: Array.from({ length: 20 }, (_, i) => componentLine({ component: `component ${i}` })),
  });

  it('gives both tables room, and says what is left out', () => {
    const lines = view(many, { ...options, height: 24 });
    expect(lines).toHaveLength(24);
    expect(lines.filter((line) => line.startsWith('edge'))).toHaveLength(8);
    expect(lines).toContain('22 more edges');
    expect(lines.filter((line) => line.startsWith('component'))).toHaveLength(8);
    expect(lines.at(-1)).toBe('12 more components');
  });

  it('gives a table the room that the other one does not need', () => {
    const lines = view({ ...many, edges: many.edges.slice(0, 2) }, { ...options, height: 30 });
    expect(lines.filter((line) => line.startsWith('component'))).toHaveLength(20);
    expect(lines.join('\n')).not.toContain(' more ');
  });

  it.each([0, 1, 2, 5, 6, 7, 8, 10, 15])('is never longer than %d lines', (height) => {
    expect(view({ ...many, imbalances: ['one'] }, { ...options, height }).length).toBeLessThanOrEqual(height);
  });

  it('shows a collector of nothing', () => {
    expect(view(reportAt(0), options)).toHaveLength(6);
  });
});
