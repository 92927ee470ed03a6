import { KubernetesError } from './errors.js';

/**
 * The lines of a stream that are not empty, without their ends; the last one may have none.
 *
 * @throws KubernetesError `unreadable` where one is longer than `maxBytes`
 */
export async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string, void, void> {
  let begun: Uint8Array[] = [];
  let bytes = 0;

  function add(piece: Uint8Array): void {
    bytes += piece.byteLength;
    if (bytes > maxBytes) throw new KubernetesError('unreadable', `a line of more than ${maxBytes} bytes`);
    begun.push(piece);
  }
  function take(): string {
    const line = Buffer.concat(begun, bytes).toString().trim();
    begun = [];
    bytes = 0;
    return line;
  }

  for await (const piece of body) {
    let start = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
      add(piece.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== '') yield line;
    }
    if (start < piece.byteLength) add(piece.subarray(start));
  }
  const line = take();
  if (line !== '') yield line;
}
