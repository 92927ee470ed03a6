import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileExporter } from '@tributary/exporter-file';
import { contractSuite, registerChecks } from '@tributary/testkit';
import { afterAll, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'tributary-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const one = { path: path.join(folder, 'data.json') };
const rotated = { path: path.join(folder, 'rotated.json'), rotation: {} };
// The batches of the suite have no such attribute: all of them is dropped.
const grouped = { path: path.join(folder, 'group-*.json'), group_by: { enabled: true } };
for (const config of [one, rotated, grouped]) {
  registerChecks(contractSuite({ factory: fileExporter, create: () => fileExporter(config) }), test);
}
