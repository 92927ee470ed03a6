/** Export requests at random. */
import fc from 'fast-check';
import { signalPaths } from '../src/messages.js';
import type { Signal } from '../src/telemetry.js';
import { anyMessage } from './arbitrary.js';
import { encode } from './oracle.js';
import { messagesOf, parse, serialise, unknownField } from './wire-tree.js';

/** A batch as it may come in: equal keys in one list, unknown fields, fields in any order. */
export function anyRequest(signal: Signal): fc.Arbitrary<Buffer> {
  const { request } = signalPaths[signal];
  return fc
    .tuple(anyMessage(request, 2), fc.array(fc.nat(), { minLength: 8, maxLength: 8 }))
    .map(([plain, choices]) => {
      let next = 0;
      const choose = (options: number): number => choices[next++ % choices.length]! % options;
      const tree = parse(request, encode(request, plain));
      const all = [...messagesOf(tree)];
      for (const message of all) {
        if (message.message.name === 'KeyValue' && choose(2) === 0) {
          const key = message.fields.find(({ number }) => number === 1);
          if (key !== undefined) key.body = Buffer.from(['a', 'b', ''][choose(3)]!);
        }
        if (choose(3) === 0) message.fields.reverse();
        if (choose(3) === 0) message.fields.push(unknownField(900, 2, Buffer.from('future')));
      }
      return serialise(tree);
    });
}
