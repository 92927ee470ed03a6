import { expect, it } from 'vitest';
import { endpointOf } from './endpoint-of.js';

it.each([
  ['10.0.0.1', '10.0.0.1:4317'],
  ['10.0.0.1:15317', '10.0.0.1:15317'],
  ['gateway', 'gateway:4317'],
  ['[fd00::1]', '[fd00::1]:4317'],
  ['[fd00::1]:15317', '[fd00::1]:15317'],
  ['fd00::1', '[fd00::1]:4317'],
])('the backend %s is reached at %s', (backend, endpoint) => {
  expect(endpointOf(backend)).toBe(endpoint);
});
