import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Answer, BackendOptions, Behaviour } from '../programs/src/backend-messages.js';

/** Whether the proofs run in the long form, with the numbers that they are meant for. */
export const isLong: boolean = process.env['TRIBUTARY_PROVE'] === '1';

/**
 * Where servers of the proofs listen. Not 127.0.0.1, from which Linux makes connections: the port of a server
 * that is down could be drawn for one of those, and be taken when the server comes back.
 */
export const host: string = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

/** Answers everything alike. */
export function always(answer: Answer): Behaviour {
  return { seed: 1, answers: [{ ...answer, weight: 1 }] };
}

export const good: Behaviour = always({ takes: true, says: 'ok' });

/** A file for the record of a backend, until the test has ended. */
export function recordFile(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-proof-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  return path.join(folder, 'record');
}

/** Of a backend with gRPC's default limit, at any port. */
export function backendOptions(record: string, behaviour: Behaviour = good): BackendOptions {
  return { host, port: 0, record, behaviour, maxBytes: 4 << 20 };
}
