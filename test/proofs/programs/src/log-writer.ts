import { closeSync, copyFileSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogWriterOptions, LogWriterReport } from './log-writer-options.js';

// Writes lines to a file, as fast as it is told to, and rotates it. Each line has an ID: `item-<ID>;`.

const options = JSON.parse(process.env['WRITER_OPTIONS']!) as LogWriterOptions;
const { file, bytesPerSecond, rotation, rotations, everyMs, kept, leftOut, doubled } = options;
const rest = `INFO request was answered with status 200 ${'x'.repeat(110)}`;
const stepMs = 10;

let descriptor = openSync(file, 'a');
let nextId = options.firstId;
let bytes = 0;

function lines(due: number): string {
  let text = '';
  while (bytes + text.length < due) {
    const id = nextId++;
    if (id !== leftOut) text += `item-${id}; ${rest}\n`;
    if (id === doubled) text += `item-${id}; ${rest}\n`;
  }
  return text;
}

function rotate(count: number): void {
  if (rotation === 'rename') {
    renameSync(file, `${file}.${count}`);
    closeSync(descriptor);
    descriptor = openSync(file, 'a');
  } else {
    copyFileSync(file, `${file}.${count}`);
    ftruncateSync(descriptor, 0);
  }
  if (count > kept) rmSync(`${file}.${count - kept}`);
}

const startMs = performance.now();
const totalMs = rotation === 'none' ? options.ms : rotations * everyMs + everyMs / 2;
let rotated = 0;
for (;;) {
  const elapsedMs = performance.now() - startMs;
  const text = lines((Math.min(elapsedMs, totalMs) / 1000) * bytesPerSecond);
  if (text !== '') bytes += writeSync(descriptor, text);
  if (rotation !== 'none' && rotated < rotations && elapsedMs >= (rotated + 1) * everyMs) rotate(++rotated);
  if (elapsedMs >= totalMs) break;
  await sleep(stepMs);
}
closeSync(descriptor);
const report: LogWriterReport = { kind: 'written', nextId, bytes, ms: performance.now() - startMs };
process.send!(report);
process.disconnect();
