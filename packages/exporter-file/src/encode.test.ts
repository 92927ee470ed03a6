import { once } from 'node:events';
import * as zlib from 'node:zlib';
import { Logs } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { createEncoder, type Zstd } from './encode.js';

function logs(): Logs {
  const batch = Logs.create();
  batch
    .addResourceLogs()
    .addScope()
    .add({ body: 'text '.repeat(100) });
  return batch;
}

/** zstd of a Node that has it, for one that has not. */
function standIn(): Zstd & { readonly params: object[] } {
  const params: object[] = [];
  return {
    params,
    zstdCompress(bytes, options, done) {
      params.push(options.params);
      done(null, Buffer.concat([Buffer.from('packed:'), bytes]));
    },
  };
}

describe('without compression', () => {
  it('makes a line of JSON', async () => {
    const encode = createEncoder({ format: 'json', compression: '', level: 0 });
    expect((await encode(logs())).toString()).toBe(`${logs().toJson()}\n`);
  });

  it('makes the length, highest byte first, and the bytes of protobuf', async () => {
    const encode = createEncoder({ format: 'proto', compression: '', level: 0 });
    const bytes = Buffer.from(logs().toBytes());
    expect(await encode(logs())).toEqual(
      Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]),
    );
  });
});

describe('with zstd', () => {
  it.each(['json', 'proto'] as const)('writes the length of each %s before it', async (format) => {
    const encode = createEncoder({ format, compression: 'zstd', level: 0 }, standIn());
    const record = await encode(logs());
    expect(record.readUInt32BE()).toBe(record.length - 4);
    const payload = format === 'json' ? Buffer.from(logs().toJson()) : Buffer.from(logs().toBytes());
    expect(record.subarray(4)).toEqual(Buffer.concat([Buffer.from('packed:'), payload]));
  });

  it.each([
    [0, {}],
    [1, { 100: 1 }],
    [-5, { 100: -5 }],
    [22, { 100: 22 }],
    [99, { 100: 22 }],
  ])('hands the level %d on as %j', async (level, expected) => {
    const zstd = standIn();
    await createEncoder({ format: 'proto', compression: 'zstd', level }, zstd)(logs());
    expect(zstd.params).toEqual([expected]);
  });

  it('says what fails', async () => {
    const broken: Zstd = { zstdCompress: (_, __, done) => done(new Error('out of memory'), Buffer.alloc(0)) };
    const encode = createEncoder({ format: 'proto', compression: 'zstd', level: 0 }, broken);
    await expect(encode(logs())).rejects.toThrow('out of memory');
  });

  it('says which Node it needs, where there is none', () => {
    expect(() => createEncoder({ format: 'json', compression: 'zstd', level: 0 }, {})).toThrow(
      `compression "zstd" needs Node 22.15 or newer, this is ${process.versions.node}`,
    );
  });

  it.runIf('zstdCompress' in zlib)('can be read back', async () => {
    const record = await createEncoder({ format: 'json', compression: 'zstd', level: 3 })(logs());
    const stream = (
      zlib as unknown as { createZstdDecompress(): NodeJS.ReadWriteStream }
    ).createZstdDecompress();
    stream.end(record.subarray(4));
    const [text] = (await once(stream, 'data')) as [Buffer];
    expect(text.toString()).toBe(logs().toJson());
  });
});
