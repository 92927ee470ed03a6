import { batchFactory, Logs, Metrics, Profiles, Traces, type Batch, type Signal } from '@tributary/pdata';

/** A batch whose items can be told apart wherever they turn up: one for each number. */
export function numbered<S extends Signal>(signal: S, numbers: readonly number[]): Batch<S> {
  const batch: Batch<S> = batchFactory(signal).create();
  batch.append(make[signal](numbers) as Batch<S>);
  return batch;
}

const make: Readonly<Record<Signal, (numbers: readonly number[]) => object>> = {
  traces(numbers) {
    const traces = Traces.create();
    const scope = traces.addResourceSpans().addScope();
    for (const number of numbers)
      scope.add({ name: nameOf(number), traceId: hex(number), spanId: hex(number, 16) });
    return traces;
  },
  metrics(numbers) {
    const metrics = Metrics.create();
    const scope = metrics.addResourceMetrics().addScope();
    for (const number of numbers) {
      scope.add({ name: nameOf(number), gauge: { dataPoints: [{ asInt: BigInt(number) }] } });
    }
    return metrics;
  },
  logs(numbers) {
    const logs = Logs.create();
    const scope = logs.addResourceLogs().addScope();
    for (const number of numbers) scope.add({ body: nameOf(number) });
    return logs;
  },
  profiles(numbers) {
    const profiles = numbers.map((number) => ({
      profileId: hex(number),
      samples: [{ timestampsUnixNano: ['1'] }],
    }));
    return Profiles.fromJson(JSON.stringify({ resourceProfiles: [{ scopeProfiles: [{ profiles }] }] }));
  },
};

/** The numbers of the items in batches of any signal, in their order. */
export function numbersIn(batches: Iterable<Batch<Signal>>): number[] {
  const numbers: number[] = [];
  for (const batch of batches) {
    if (batch.signal === 'traces') for (const { name } of batch.spans()) numbers.push(numberOf(name));
    if (batch.signal === 'metrics') for (const { name } of batch.metrics()) numbers.push(numberOf(name));
    if (batch.signal === 'logs')
      for (const { body } of batch.records()) numbers.push(numberOf(body as string));
    if (batch.signal === 'profiles') {
      for (const { profileId } of batch.profiles()) numbers.push(Number.parseInt(profileId, 16));
    }
  }
  return numbers;
}

const nameOf = (number: number): string => `item ${number}`;
const numberOf = (name: string): number => Number(name.slice('item '.length));
const hex = (number: number, digits: number = 32): string => number.toString(16).padStart(digits, '0');
