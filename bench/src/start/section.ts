import { medianOf } from '../report.js';
import type { Section } from '../session.js';
import { measureStart } from './measure.js';

const name = 'start and idle';

export const startSection: Section = {
  cases: [name],
  async run(session) {
    const row = session.report.table([name, 'subject', 'start to accepting ms', 'idle MiB']);
    await session.attempt(name, async () => {
      const results = await session.inTurns(name, session.options.rounds, measureStart);
      for (const [i, [subject, runs]] of results.entries()) {
        const bootMs = medianOf(runs, (run) => run.bootMs);
        const idleMib = medianOf(runs, (run) => run.idleMib);
        row(['', subject, bootMs, idleMib]);
        if (i > 0) continue;
        session.expect('start to accepting, ms', bootMs, { atMost: 400 });
        session.expect('idle, MiB', idleMib, { atMost: 100 });
      }
      row(['', 'Go, elsewhere', 37, 61]);
      row(['', 'target', 400, 100]);
    });
  },
};
