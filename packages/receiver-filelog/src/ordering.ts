import { createExtractor } from '@tributary/patterns';
import { createTimeParser } from '@tributary/stanza';
import type { OrderingSettings, SortRuleConfig } from './config.js';

/** A file that may be read. */
export interface Candidate {
  readonly path: string;
  readonly writtenMs: number;
}

/** Picks of some files those that come first by an order, in each group. */
export function createPicker<C extends Candidate>(
  { regex, group_by, top_n, sort_by }: OrderingSettings,
  nowMs: () => number,
): (candidates: readonly C[]) => C[] {
  const { names, extract } = regex === '' ? { names: [], extract: () => [] } : createExtractor(regex);
  const compare = comparison(sort_by, nowMs);
  const group = group_by === undefined ? undefined : createExtractor(withName(group_by));

  return (candidates) => {
    const groups = new Map<string, { candidate: C; values: ReadonlyMap<string, string> }[]>();
    for (const candidate of candidates) {
      const found = extract(candidate.path);
      if (found === undefined) continue;
      const key = group === undefined ? '' : (group.extract(candidate.path)?.[0] ?? '');
      const values = new Map(names.map((name, i) => [name, found[i]!]));
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [{ candidate, values }]);
      else members.push({ candidate, values });
    }
    return [...groups.values()].flatMap((members) => {
      return members
        .sort(compare)
        .slice(0, top_n)
        .map(({ candidate }) => candidate);
    });
  };
}

/** The first group of an expression, which need not have a name. */
function withName(expression: string): string {
  return /\(\?P?</.test(expression) ? expression : expression.replace(/(^|[^\\])\((?!\?)/, '$1(?P<group>');
}

interface Member {
  readonly candidate: Candidate;
  readonly values: ReadonlyMap<string, string>;
}

function comparison(rules: readonly SortRuleConfig[], nowMs: () => number): (a: Member, b: Member) => number {
  const compares = rules.map((rule) => compareBy(rule, nowMs));
  return (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareBy(rule: SortRuleConfig, nowMs: () => number): (a: Member, b: Member) => number {
  const sign = rule.ascending === true ? 1 : -1;
  const value = valueOf(rule, nowMs);
  return (a, b) => {
    const [left, right] = [value(a), value(b)];
    // What has no value comes last, whatever the direction.
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    return left < right ? -sign : left > right ? sign : 0;
  };
}

function valueOf(
  rule: SortRuleConfig,
  nowMs: () => number,
): (member: Member) => number | bigint | string | undefined {
  const { sort_type, regex_key = '', layout = '', location } = rule;
  const text = ({ values }: Member): string | undefined => values.get(regex_key);
  switch (sort_type) {
    case 'mtime':
      return ({ candidate }) => candidate.writtenMs;
    case 'alphabetical':
      return text;
    case 'numeric':
      return (member) => {
        const number = Number(text(member) ?? Number.NaN);
        return Number.isNaN(number) ? undefined : number;
      };
    case 'timestamp': {
      const parse = createTimeParser({ layout_type: 'strptime', layout, location: location ?? 'UTC' }, nowMs);
      return (member) => {
        try {
          return parse(text(member) ?? '');
        } catch {
          return undefined;
        }
      };
    }
  }
}
