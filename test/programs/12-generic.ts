import type { Batch, Consumer, Context, Signal, Telemetry } from '@tributary/component';

export function glue<S extends Signal>(a: Batch<S>, b: Batch<S>): Batch<S> {
  a.append(b);
  const n: number = a.itemCount;
  void n;
  const head: Batch<S> = a.take(10);
  return head.clone();
}
export async function fan<S extends Signal>(batch: Batch<S>, to: Consumer<S>[], c: Context): Promise<void> {
  for (const t of to) await t.consume(batch.clone(), c);
}
export const any = <S extends Signal>(t: Telemetry<S>): number => t.itemCount;
