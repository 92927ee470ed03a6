import { closeSync, openSync, writeSync } from 'node:fs';

/** What the process that writes is told, as its argument. */
export interface WriterOptions {
  readonly kind: 'plain' | 'json' | 'cri';
  readonly file: string;
  readonly bytesPerSecond: number;
  readonly ms: number;
}

const everyMs = 50;

/** Lines of about 180 bytes. */
const lines: Readonly<Record<WriterOptions['kind'], (i: number) => string>> = {
  plain: (i) =>
    `2026-11-27T10:00:00.${String(i % 1000).padStart(3, '0')}Z INFO [worker-${i % 16}] request ${i} for /api/v1/items/${i % 5000} was answered with status 200 in ${i % 300} ms, user ${i % 9999}, region eu-west-1, cache hit\n`,
  json: (i) =>
    `{"time":"2026-11-27T10:00:00.${String(i % 1000).padStart(3, '0')}Z","level":"info","msg":"request ${i} for /api/v1/items/${i % 5000} was answered from the cache, user ${i % 9999}","status":200,"took_ms":${i % 300}}\n`,
  cri: (i) =>
    `2026-11-27T10:00:00.${String(i % 1_000_000_000).padStart(9, '0')}Z stdout F request ${i} for /api/v1/items/${i % 5000} was answered with status 200 in ${i % 300} ms, user ${i % 9999}, region eu-west-1, cache hit\n`,
};

const { kind, file, bytesPerSecond, ms } = JSON.parse(process.argv[2]!) as WriterOptions;
const descriptor = openSync(file, 'a');
const startMs = performance.now();
let written = 0;
let next = 0;
const timer = setInterval(() => {
  const elapsedMs = performance.now() - startMs;
  const due = (elapsedMs / 1000) * bytesPerSecond;
  let text = '';
  while (written + text.length < due) text += lines[kind](next++);
  written += writeSync(descriptor, text);
  if (elapsedMs < ms) return;
  clearInterval(timer);
  closeSync(descriptor);
}, everyMs);
