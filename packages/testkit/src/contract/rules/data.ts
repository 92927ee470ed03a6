import { never, type Offered } from '../arrangement.js';
import { expectEqual, expectNumbers } from '../expect.js';
import { collectGarbage } from '../memory.js';
import type { Rule } from '../rule.js';

/** What becomes of the items. */
export const dataRules: readonly Rule[] = [
  {
    rule: 'accepts',
    needs: 'signal',
    async check({ start, shutdown, offer }) {
      await start();
      const { error } = await offer(1, 2, 3);
      await shutdown();
      if (error !== undefined) throw error;
    },
  },
  {
    rule: 'passes every item on, once',
    needs: 'end',
    async check({ start, shutdown, end, offer, account }) {
      await start();
      await offer(1, 2, 3, 4);
      await offer(5);
      await offer(6, 7);
      await account(7);
      await shutdown();
      expectNumbers(end, [1, 2, 3, 4, 5, 6, 7]);
    },
  },
  {
    rule: 'keeps nothing of what it has passed on',
    needs: 'end',
    async check({ start, shutdown, end, offer, account, mounted, until, passed, hasSockets }) {
      await start();
      for (const number of [1, 2, 3, 4]) await offer(number);
      await account(4);
      const before = [...passed];
      // The last may be on a stack still.
      await offer(5);
      await account(5);
      await until('what was passed on was still booked as held', () => mounted.held() === 0);
      end.clear();
      await until(
        'batches that were passed on, or their bytes, were not let go',
        () => {
          collectGarbage();
          return before.every((each) => each.deref() === undefined);
        },
        hasSockets ? 3_000 : 1_000,
      );
      await shutdown();
    },
  },
  {
    rule: 'answers with the outcome of the next',
    needs: 'carried',
    async check({ start, shutdown, end, offer, hasSockets }) {
      await start();
      for (const kind of ['refused', 'retryable', 'permanent'] as const) {
        const status = { code: kind === 'permanent' ? 7 : 14, message: 'says the next' };
        end.refuseNext(kind, { retryAfterMs: 2000, status });
        const { error } = await offer(1, 2, 3);
        const told = error?.kind === 'refused' && hasSockets ? 'retryable' : error?.kind;
        const meant = kind === 'refused' && hasSockets ? 'retryable' : kind;
        expectEqual(told ?? 'accepted', meant, `outcome, the next one having said ${kind}`);
        if (kind === 'permanent') expectEqual(error?.status?.code, status.code, 'status');
        else expectEqual(error?.retryAfterMs, 2000, 'retryAfterMs');
      }
      expectNumbers(end, []);
      await offer(1, 2, 3);
      await shutdown();
      expectNumbers(end, [1, 2, 3]);
    },
  },
  {
    rule: 'keeps what is refused, and offers it again',
    needs: 'held',
    async check({ start, shutdown, end, offer, account }) {
      await start();
      end.refuseNext('refused', { retryAfterMs: 10 });
      end.refuseNext('retryable', { retryAfterMs: 10 });
      const { error } = await offer(1, 2, 3);
      if (error !== undefined) throw error;
      await account(3);
      await shutdown();
      expectNumbers(end, [1, 2, 3]);
    },
  },
  {
    rule: 'accounts for what is refused for good',
    needs: 'held',
    async check({ start, shutdown, end, offer, account, mounted }) {
      await start();
      end.refuseNext('permanent');
      await offer(1, 2);
      await account(2);
      await offer(3);
      await account(3);
      await shutdown();
      expectNumbers(end, [3]);
      expectEqual([mounted.dropped(), mounted.held()], [2, 0], 'items booked as dropped, and as held');
    },
  },
  {
    rule: 'accounts for what is rejected for good',
    needs: 'part',
    async check({ start, shutdown, end, offer, account, mounted }) {
      await start();
      end.refuseNext('permanent', { items: 1 });
      const { accepted } = await offer(1, 2, 3);
      await account(accepted);
      await shutdown();
      const accounts = { arrived: end.items, dropped: mounted.dropped(), held: mounted.held() };
      expectEqual(
        { accepted, ...accounts },
        { accepted: 2 + accounts.dropped, arrived: 2, dropped: accounts.dropped, held: 0 },
        'items, one of three being rejected',
      );
    },
  },
  {
    rule: 'loses nothing when it shuts down under load',
    needs: 'end',
    async check({ start, mounted, end, offer, clock, drive, until, hasSockets }) {
      await start();
      // One comes after the other until the shutdown: then some are inside, and some with the next.
      let isClosing = false;
      const stepMs = hasSockets ? 10 : 100;
      end.respond(() => clock.sleep(3 * stepMs));
      const come = async (n: number): Promise<Offered> => {
        await clock.sleep(n * stepMs);
        return isClosing ? { numbers: [], accepted: 0, error: undefined } : offer(2 * n, 2 * n + 1);
      };
      const offers = Promise.all(Array.from({ length: 20 }, (_, n) => come(n)));
      offers.catch(() => {}); // Seen below; until then it must not end the process.
      await until('nothing arrived', () => end.items > 0);
      isClosing = true;
      await drive('shutdown', mounted.shutdown(never));
      const outcomes = await drive('the calls', offers);
      const accepted = outcomes.flatMap(({ numbers, error }) => (error === undefined ? numbers : []));
      expectNumbers(end, accepted);
    },
  },
  {
    rule: 'answers for what comes after its shutdown',
    needs: 'end',
    async check({ start, shutdown, end, offer, account }) {
      await start();
      await offer(1);
      await account(1);
      await shutdown();
      const { accepted } = await offer(2);
      await account(1 + accepted);
      expectNumbers(end, accepted === 0 ? [1] : [1, 2]);
    },
  },
];
