import load from 'xxhash-wasm';

/** XXH64 with seed 0. */
export type Xxh64 = (bytes: Uint8Array) => bigint;

let loaded: Promise<Xxh64> | undefined;

/** The hash, which is WebAssembly and has to be compiled once. */
export function loadXxh64(): Promise<Xxh64> {
  loaded ??= load().then((api) => (bytes) => api.h64Raw(bytes));
  return loaded;
}
