import { medianOf, sumOf } from '../report.js';
import type { Section } from '../session.js';
import { backendSpansPerSecond, overload, overloadLimitMib, recovery, recoveryLimitMib } from './overload.js';

/** What takes long is not run as often. */
const maxRounds = 3;

const overloadName = `overload at twice the speed of the backend, limit_mib ${overloadLimitMib}`;
const recoveryName = `return of a backend that had stopped, limit_mib ${recoveryLimitMib}`;

export const overloadSection: Section = {
  cases: [overloadName],
  async run(session) {
    const { report, options } = session;
    const row = report.table([
      `overload, the backend takes ${backendSpansPerSecond / 1e6} million/s`,
      'subject',
      'offered million/s',
      'refused %',
      'with a hint %',
      'goodput % of the backend',
      'peak MiB',
      'lost',
      'twice',
    ]);
    await session.attempt(overloadName, async () => {
      const rounds = Math.min(options.rounds, maxRounds);
      const results = await session.inTurns(overloadName, rounds, overload);
      for (const [i, [subject, runs]] of results.entries()) {
        const hinted = medianOf(runs, (run) => run.hintedShare * 100);
        const goodput = medianOf(runs, (run) => run.goodput * 100);
        const peakMib = medianOf(runs, (run) => run.peakMib);
        const lost = sumOf(runs, (run) => run.lost);
        row([
          i === 0 ? `limit_mib ${overloadLimitMib}` : '',
          subject,
          medianOf(runs, (run) => run.offeredPerSecond / 1e6),
          medianOf(runs, (run) => run.refusedShare * 100),
          hinted,
          goodput,
          peakMib,
          lost,
          sumOf(runs, (run) => run.twice),
        ]);
        session.countLoss(overloadName, subject, lost);
        if (i > 0) continue;
        session.expect('overload: peak MiB', peakMib, { atMost: 320 });
        session.expect('overload: % of refusals with a hint', hinted, { atLeast: 100 });
        session.expect('overload: goodput as % of what the backend takes', goodput, { atLeast: 90 });
      }
      row(['', 'Go, elsewhere', '', '', '0', '48', '1100 to 1400']);
      row(['', 'target', '', '', '100', '90', '320']);
    });
  },
};

export const recoverySection: Section = {
  cases: [recoveryName],
  async run(session) {
    const { report, options } = session;
    const row = report.table([
      'a backend that had stopped is back',
      'subject',
      'first accepted after s',
      'last refused after s',
      'peak MiB',
      'lost',
      'twice',
    ]);
    await session.attempt(recoveryName, async () => {
      const rounds = Math.min(options.rounds, maxRounds);
      const results = await session.inTurns(recoveryName, rounds, recovery);
      for (const [i, [subject, runs]] of results.entries()) {
        const lastRefused = medianOf(runs, (run) => run.lastRefusedS);
        const lost = sumOf(runs, (run) => run.lost);
        row([
          i === 0 ? `limit_mib ${recoveryLimitMib}` : '',
          subject,
          medianOf(runs, (run) => run.firstAcceptedS),
          lastRefused,
          medianOf(runs, (run) => run.peakMib),
          lost,
          sumOf(runs, (run) => run.twice),
        ]);
        session.countLoss(recoveryName, subject, lost);
        if (i === 0) session.expect('return: seconds to the last refusal', lastRefused, { atMost: 3 });
      }
      row(['', 'Go, elsewhere', '', '10']);
      row(['', 'target', '', '3']);
    });
  },
};
