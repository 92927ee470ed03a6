import { defineExporter, defineReceiver, type Consumer } from '@tributary/component';
import type { ComponentEntry } from '@tributary/config';
import { z } from 'zod';

/** The two ends of a replay: what `replay` means in the configuration that it runs. */
export interface Ends {
  readonly components: readonly ComponentEntry[];
  /** What stands behind the receiver. */
  consumer(): Consumer<'traces'>;
  /** Spans that the exporter got. */
  passedSpans(): number;
}

export function createEnds(): Ends {
  let next: Consumer<'traces'> | undefined;
  let spans = 0;
  const config = z.strictObject({});
  const receiver = defineReceiver({
    type: 'replay',
    config,
    traces(settings) {
      ({ next } = settings);
      return {};
    },
  });
  const exporter = defineExporter({
    type: 'replay',
    config,
    traces: () => ({ consume: ({ itemCount }) => void (spans += itemCount) }),
  });
  return { components: [receiver, exporter], consumer: () => next!, passedSpans: () => spans };
}
