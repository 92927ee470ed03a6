import type { BalanceReport } from '@tributary/collector';

/** What a server has answered, if it is a report: whoever listens there may be something else. */
export function parseReport(text: string): BalanceReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isReport(value) ? value : undefined;
}

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === 'string';
// JSON has no word for what is no number, and then it is null.
const isNumber = (value: unknown): boolean => typeof value === 'number';
const fits =
  (shape: Shape) =>
  (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([key, check]) => check((value as Readonly<Record<string, unknown>>)[key]));
const listOf =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(check);
const mapOf =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    fits({})(value) && Object.values(value as object).every(check);
const optional =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || check(value);

const place: Shape = { pipeline: isText, signal: isText };
const fitsReport = fits({
  time: isText,
  uptimeMs: isNumber,
  build: fits({ command: isText, version: isText }),
  components: listOf(
    fits({
      ...place,
      component: isText,
      kind: isText,
      received: isNumber,
      created: isNumber,
      passed: isNumber,
      absorbed: isNumber,
      held: isNumber,
      dropped: mapOf(isNumber),
      queue: optional(fits({ size: isNumber, capacity: isNumber, unit: isText })),
    }),
  ),
  edges: listOf(
    fits({
      ...place,
      from: isText,
      to: isText,
      offered: isNumber,
      accepted: isNumber,
      refused: isNumber,
      inFlight: isNumber,
    }),
  ),
  imbalances: listOf(isText),
});

function isReport(value: unknown): value is BalanceReport {
  return fitsReport(value);
}
