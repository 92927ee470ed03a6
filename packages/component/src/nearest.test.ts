import { expect, it } from 'vitest';
import { nearest } from './nearest.js';

it.each([
  ['queue_sise', 'queue_size'],
  ['Endpoint', 'endpoint'],
  ['endpont', 'endpoint'],
  ['timeuot', 'timeout'],
  ['gprc', 'grpc'],
  ['colour', undefined],
  ['', undefined],
])('%j means %s', (name, meant) => {
  expect(nearest(name, ['timeout', 'endpoint', 'queue_size', 'grpc'])).toBe(meant);
});
