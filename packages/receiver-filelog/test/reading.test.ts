import { describe, expect, it } from 'vitest';
import { logFiles, read } from './support.js';

describe('a log file', () => {
  it('is read from its end, and then as it grows', async () => {
    const files = logFiles();
    files.write('a.log', 'old\n');
    const { poll, bodies, sink } = await read({ include: [files.path('*.log')] });
    await poll();
    files.append('a.log', 'one\ntwo\r\n\n  three  \n');
    await poll(2);
    expect(bodies()).toEqual(['one', 'two', 'three']);
    expect([...sink.logRecords[0]!.attributes]).toEqual([['log.file.name', 'a.log']]);
  });
});
