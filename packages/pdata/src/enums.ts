import { enums, type EnumName } from './schema.js';
import type { AggregationTemporality, SeverityNumber, SpanKind, StatusCode } from './generated/views.js';

/** Names of an enum in views: lower case, without the prefix. */
export interface EnumNames<N extends string> {
  /** A number that the schema does not know reads as the name of 0; the bytes keep it. */
  name(value: number): N;
  /** @throws TypeError for a name that is none of the enum's */
  number(name: string): number;
}

interface NamesByEnum {
  readonly SpanKind: EnumNames<SpanKind>;
  readonly StatusCode: EnumNames<StatusCode>;
  readonly AggregationTemporality: EnumNames<AggregationTemporality>;
  readonly SeverityNumber: EnumNames<SeverityNumber>;
}

export const enumNames: NamesByEnum = {
  SpanKind: namesOf('SpanKind'),
  StatusCode: namesOf('StatusCode'),
  AggregationTemporality: namesOf('AggregationTemporality'),
  SeverityNumber: namesOf('SeverityNumber'),
};

function namesOf<N extends string>(enumName: EnumName): EnumNames<N> {
  const numbers = new Map(
    Object.entries(enums[enumName].values).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const names = new Map([...numbers].map(([name, value]) => [value, name as N]));
  const zero = names.get(0)!;
  return {
    name: (value) => names.get(value) ?? zero,
    number(name) {
      const value = numbers.get(name);
      if (value !== undefined) return value;
      throw new TypeError(
        `${enumName} must be one of ${[...numbers.keys()].join(', ')}, got ${JSON.stringify(name)}`,
      );
    },
  };
}
