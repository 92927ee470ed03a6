import { ConsumeError, type ComponentStatus, type Host } from '@tributary/component';
import { deliver, type DeliveryConfig } from '@tributary/delivery';
import { describe, expect, it } from 'vitest';
import { call, complete, createBackend, createWorld, numbered, type World } from './support.js';

interface Arrangement extends World {
  readonly backend: ReturnType<typeof createBackend>;
  readonly exporter: ReturnType<typeof deliver<'logs'>>;
  /** What the host was told. */
  readonly reports: string[];
}

async function started(config: DeliveryConfig = {}): Promise<Arrangement> {
  const world = createWorld();
  const backend = createBackend(world.clock);
  const exporter = deliver<'logs'>({ ...world.settings, config: complete(config) }, backend.send);
  const reports: string[] = [];
  const host: Pick<Host, 'report'> = {
    report: (status: ComponentStatus) =>
      void reports.push('error' in status ? `${status.status}: ${status.error.message}` : status.status),
  };
  // All else of the host is none of its business.
  await exporter.start?.(host as Host);
  return { ...world, backend, exporter, reports };
}

function fail(kind: 'retryable' | 'permanent', message = 'busy'): () => never {
  return () => {
    throw new ConsumeError(kind, message);
  };
}

describe('the status of an exporter', () => {
  it('is not touched by what goes well, or by one attempt that fails', async () => {
    const { exporter, backend, clock, reports } = await started();
    backend.answer = (_, attempt) => (attempt === 1 ? fail('retryable')() : undefined);
    for (const number of [1, 2, 3]) {
      call(exporter, numbered(number));
      await clock.advance(10_000);
    }
    expect(backend.attempts).toHaveLength(4);
    expect(reports).toEqual([]);
  });

  it('is not touched by failures that are not in a row', async () => {
    const { exporter, backend, clock, reports } = await started();
    backend.answer = (_, attempt) => (attempt % 2 === 0 ? fail('retryable')() : undefined);
    for (const number of [1, 2, 3]) {
      call(exporter, numbered(number));
      await clock.advance(10_000);
    }
    expect(backend.attempts).toHaveLength(6);
    expect(reports).toEqual([]);
  });

  it('is a recoverable error from the second failure on, said once, and ok with the next success', async () => {
    const { exporter, backend, clock, reports } = await started();
    backend.answer = fail('retryable');
    call(exporter, numbered(1));
    await clock.advance(4_999);
    expect(reports).toEqual([]);
    await clock.advance(60_000);
    expect(reports).toEqual(['recoverable_error: busy']);
    backend.answer = () => {};
    await clock.advance(60_000);
    call(exporter, numbered(2));
    await clock.advance(0);
    expect(reports).toEqual(['recoverable_error: busy', 'ok']);
  });

  it.each([
    ['permanent', {}],
    ['retryable', { retry_on_failure: { enabled: false } }],
  ] as const)('is a recoverable error where something is lost: %s', async (kind, config) => {
    const { exporter, backend, clock, reports } = await started(config);
    backend.answer = fail(kind);
    call(exporter, numbered(1));
    call(exporter, numbered(2));
    await clock.advance(0);
    expect(reports).toEqual(['recoverable_error: busy']);
  });

  it('is none where a caller hears that its data is bad', async () => {
    const { exporter, backend, clock, reports } = await started({ sending_queue: { enabled: false } });
    backend.answer = fail('permanent');
    call(exporter, numbered(1));
    await clock.advance(0);
    expect(reports).toEqual([]);
  });

  it('is none where something was too large and passed in pieces', async () => {
    const { exporter, backend, clock, reports } = await started();
    backend.answer = (batch) => {
      if (batch.itemCount > 1)
        throw new ConsumeError('permanent', 'large', { tooLarge: { maxBytes: undefined } });
    };
    call(exporter, numbered(1, 2, 3, 4));
    await clock.advance(0);
    expect(reports).toEqual([]);
  });

  it('is not changed any more once a shutdown has begun', async () => {
    const { exporter, backend, clock, reports } = await started();
    backend.answer = fail('retryable');
    call(exporter, numbered(1));
    await clock.advance(0);
    const grace = new AbortController();
    const ending = exporter.shutdown?.(grace.signal);
    await clock.advance(10_000);
    expect(backend.attempts.length).toBeGreaterThan(5);
    grace.abort();
    await ending;
    expect(reports).toEqual([]);
  });
});
