import { messages, signalPaths, type Field, type MessageName } from './messages.js';

/**
 * The fields that hold the groups and the records of a signal: what a bound on
 * items counts. What only stands between the two (the kind of a metric) is none.
 */
export const itemFields: ReadonlySet<Field> = new Set(
  Object.values(signalPaths).flatMap(({ request, levels }) => {
    const found: Field[] = [];
    let names: MessageName[] = [request];
    for (const tags of levels) {
      const fields = names.flatMap((name) => messages[name].fields.filter(({ tag }) => tags.includes(tag)));
      found.push(...fields.filter((field) => field.repeated));
      names = fields.map((field) => field.type as MessageName);
    }
    return found;
  }),
);
