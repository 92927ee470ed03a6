import type { ScopeInit } from '@tributary/pdata';
import { pick } from '../random.js';

/** What a sample is made from. The same numbers make the same bytes. */
export interface SampleOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Time of the first record, in milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
}

// A small web shop, of which all samples tell.
export const services = ['frontend', 'checkout', 'cart', 'payment', 'catalog'] as const;
export type Service = (typeof services)[number];
const routes = ['/', '/cart', '/checkout', '/products/{id}', '/search'] as const;

export const defaultStartMs: number = Date.UTC(2026, 0, 1);

export function resourceOf(service: Service): { readonly attributes: Readonly<Record<string, string>> } {
  return {
    attributes: {
      'service.name': service,
      'service.version': '2.3.1',
      'deployment.environment.name': 'test',
    },
  };
}

export const scopeOf = (name: string): ScopeInit => ({ name: `@shop/${name}`, version: '1.4.0' });

export const routeOf = (random: () => number): string => pick(routes, random);

/** A moment, somewhere within its millisecond where there is chance. */
export function nanos(ms: number, random?: () => number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.floor((ms - whole + (random?.() ?? 0)) * 1e6));
}

export function hex(random: () => number, digits: 16 | 32): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text;
}
