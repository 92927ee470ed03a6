import { it, expect } from 'vitest';
import * as h from '/work/main/packages/transport/test/helpers.js';
import { createUnaryServer, createUnaryClient, createHttpServer, createHttpClient } from '/work/main/packages/transport/src/index.js';
it('grpc', async () => {
  const runtime = h.testRuntime();
  const a = await h.serving(createUnaryServer({ runtime, endpoint: 'localhost:0', methods: h.method((r) => { console.log(r.peer, r.metadata); return r.message; }) }));
  console.log(a, runtime.lines);
  const c = createUnaryClient({ runtime, endpoint: a, tls: h.plaintext, compression: 'gzip' });
  console.log(h.text(await c.call(h.echoPath, Buffer.from('hello'), { timeoutMs: 1000 })));
  await expect(c.call('/x/Y', Buffer.from('hello'))).rejects.toMatchObject({ code: 12 });
  c.close();
});
it('http', async () => {
  const runtime = h.testRuntime();
  const a = await h.serving(createHttpServer({ runtime, endpoint: 'localhost:0', maxBodyBytes: 1e6, handler: { handle: (r) => ({ status: 200, body: r.body, headers: { x: r.peer } }), refuse: (_, p) => ({ status: p.status, body: p.message }) } }));
  const c = createHttpClient({ runtime, tls: h.plaintext, compression: 'gzip' });
  const r = await c.post({ url: `http://${a}/foo`, body: Buffer.alloc(50000, 'a'), timeoutMs: 1000 });
  console.log(r.status, r.headers, r.body.length);
  const s = await c.post({ url: `http://${a}/foo`, body: Buffer.alloc(5000000, 'a'), timeoutMs: 1000 });
  console.log(s.status, h.text(s.body));
  await c.close();
});
