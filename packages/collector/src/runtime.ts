// The one place where the real outside world enters; everything else is given it.
// oxlint-disable no-restricted-imports, no-restricted-properties
import * as dns from 'node:dns/promises';
import * as fs from 'node:fs/promises';
import { createNoopMeter, type MeterProvider } from '@opentelemetry/api';
import type { Runtime } from '@tributary/component';
import { createLogger } from './logger.js';
import { systemClock } from './system-clock.js';

/** The real outside world, with `overrides` in place of what a test or a replay replaces. */
export function systemRuntime(overrides: Partial<Runtime> = {}): Runtime {
  const logger = overrides.logger ?? createLogger();
  return {
    clock: systemClock(logger),
    random: Math.random,
    dns,
    fs,
    logger,
    meterProvider: noMetrics,
    ...overrides,
  };
}

/** Who wants figures passes a MeterProvider. */
const noMetrics: MeterProvider = { getMeter: () => createNoopMeter() };
