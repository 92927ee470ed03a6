import type { HttpProblem } from './http.js';

/** A body, or why it could not be unpacked: 413 for one that exceeds the bound, else 400. */
export type Decompressed = Uint8Array | HttpProblem;

export const noRoom: HttpProblem = { status: 503, message: 'no room for a request that is still arriving' };
export const tooLarge: HttpProblem = { status: 413, message: 'http: request body too large' };
