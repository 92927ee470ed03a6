/** Writes the check at the door: one function for each message, straight code from its fields. */
import { itemFields } from '../src/items.js';
import { messages, signalPaths, type Field, type Message, type MessageName } from '../src/messages.js';

/** Messages that may stand within themselves, through others: values. These alone are told their depth. */
const nested: ReadonlySet<MessageName> = new Set(
  Object.values(messages)
    .filter((message) => reaches(message, message.name, new Set()))
    .map((message) => message.name),
);

/** Levels below the request, of each message that stands at one level only: of all but values. */
const depths: ReadonlyMap<MessageName, number> = findDepths();

/** The text of `src/generated/check.ts`, not formatted. */
export function generateCheck(): string {
  const asked = new Set([
    ...Object.values(signalPaths).map(({ request }) => request),
    ...[...itemFields].map((field) => field.type as MessageName),
  ]);
  const reachable = Object.values(messages).filter(({ name }) => depths.has(name) || nested.has(name));
  return [
    '// Written by `npm run generate` from schema.ts. Do not edit.',
    `import type { MessageName } from '../messages.js';`,
    `import { at, isPackedVarints, isText, longEnd, longVarint, maxDepth, unknownField } from '../check-fields.js';`,
    `/** Groups and records that may still come. */
    export let room = 0;
    export function setRoom(items: number): void { room = items; }`,
    ...shortcuts,
    ...reachable.map(checkFunction),
    `/**
     * Whether a request, a group or a record may stay as it is. \`false\` says nothing more
     * than that it needs a closer look: it is malformed, or has to be written anew.
     */
    export const isClean: Readonly<Partial<Record<MessageName, (bytes: Buffer, position: number, end: number) => boolean>>> = {
      ${[...asked].map((name) => `${name}: ${functionName(name)},`).join('\n')}
    };`,
  ].join('\n\n');
}

/**
 * Half of all bytes are pairs of a short key and a short value. Small functions for
 * these, which the compiler puts into the loops around them, make the whole check a
 * third faster (`npm run bench:micro`). What looks different takes the usual way.
 */
const shortcuts: readonly string[] = [
  `/** A short key and a short value, in this order. */
  function isKeyValue(bytes: Buffer, position: number, end: number, depth: number): boolean {
    if (bytes[position] === ${tagOf('KeyValue', 'key')} && bytes[position + 1]! < 128) {
      const middle = position + 2 + bytes[position + 1]!;
      const size = end - middle - 2;
      if (size >= 0 && size < 128 && bytes[middle] === ${tagOf('KeyValue', 'value')} && bytes[middle + 1] === size) {
        return depth !== maxDepth && isText(bytes, position + 2, middle) && isAnyValue(bytes, middle + 2, end, depth + 1);
      }
    }
    return isKeyValueOfAnyForm(bytes, position, end, depth);
  }`,
  `/** A short text. */
  function isAnyValue(bytes: Buffer, position: number, end: number, depth: number): boolean {
    const size = end - position - 2;
    if (size >= 0 && size < 128 && bytes[position] === ${tagOf('AnyValue', 'string_value')} && bytes[position + 1] === size) {
      return isText(bytes, position + 2, end);
    }
    return isAnyValueOfAnyForm(bytes, position, end, depth);
  }`,
];
const withShortcut: ReadonlySet<MessageName> = new Set<MessageName>(['KeyValue', 'AnyValue']);

function tagOf(name: MessageName, field: string): number {
  return messages[name].byJsonName.get(field)!.tag;
}

function functionName(name: MessageName): string {
  return `is${name}`;
}

function checkFunction(message: Message): string {
  const { name, fields } = message;
  const bits = bitsOf(message);
  const known = fields.reduce((mask, field) => mask | (1 << field.number), 0);
  return `
    function ${functionName(name)}${withShortcut.has(name) ? 'OfAnyForm' : ''}(bytes: Buffer, position: number, end: number${nested.has(name) ? ', depth: number' : ''}): boolean {
      ${bits.size > 0 ? 'let seen = 0;' : ''}
      while (position < end) {
        switch (bytes[position++]!) {
          ${joinCases(ordered(fields).flatMap((field) => cases(message, field, bits.get(field))))}
        }
        position = unknownField(bytes, position - 1, end, ${known});
      }
      return position === end;
    }`;
}

/** The cases of a switch are tried one after the other: what comes often stands first. */
function ordered(fields: readonly Field[]): Field[] {
  const isOften = (field: Field): boolean => field.repeated && field.kind === 'message';
  return [...fields.filter(isOften), ...fields.filter((field) => !isOften(field))];
}

/** A bit for each field of which a second one needs a closer look; members of a oneof share one. */
function bitsOf(message: Message): ReadonlyMap<Field, number> {
  const keys = [...new Set(message.fields.filter((field) => !field.repeated).map(keyOf))];
  return new Map(
    message.fields
      .filter((field) => !field.repeated)
      .map((field) => [field, 1 << keys.indexOf(keyOf(field))]),
  );
}

function keyOf(field: Field): string {
  return field.oneof ?? field.name;
}

interface Case {
  /** The first byte of the tag. */
  readonly byte: number;
  readonly name: string;
  readonly body: string;
}

function cases(message: Message, field: Field, bit: number | undefined): Case[] {
  const once = bit === undefined ? '' : `if ((seen & ${bit}) !== 0) return false;\nseen |= ${bit};\n`;
  const single = oneCase(field, field.tag, once + valueCheck(message, field));
  return field.packedTag === undefined
    ? [single]
    : [single, oneCase(field, field.packedTag, packedCheck(field))];
}

/** A tag of two bytes is found by its first one; should the second differ, the field is unknown. */
function oneCase({ name }: Field, tag: number, body: string): Case {
  if (tag < 0x80) return { byte: tag, name, body };
  return {
    byte: (tag & 127) | 128,
    name,
    body: `if (bytes[position] !== ${tag >>> 7}) break;\nposition++;\n${body}`,
  };
}

/** Fields that are checked alike share their code. */
function joinCases(all: readonly Case[]): string {
  return [...new Set(all.map(({ body }) => body))]
    .map((body) => {
      const alike = all.filter((one) => one.body === body);
      const last = alike.pop()!;
      const others = alike.map(({ byte, name }) => `case ${byte}: // ${name}\n`).join('');
      return `${others}case ${last.byte}: {\n// ${last.name}\n${body.trim()}\ncontinue;\n}`;
    })
    .join('\n');
}

/** From behind the tag to behind the value. Scalars that reach too far are noticed at the end of the message. */
function valueCheck(message: Message, field: Field): string {
  if (field.idBytes !== undefined) {
    return `const length = bytes[position++]!;
      if (length !== ${field.idBytes} && length !== 0) return false;
      position += length;`;
  }
  switch (field.wireType) {
    case 0:
      return 'if (bytes[position++]! > 127) position = longVarint(bytes, position, end);';
    case 1:
      return 'position += 8;';
    case 5:
      return 'position += 4;';
    case 2: {
      const check =
        field.kind === 'message'
          ? messageCheck(message, field)
          : field.type === 'string'
            ? '!isText(bytes, position, next)'
            : '';
      return `${itemFields.has(field) ? 'if (--room < 0) return false;\n' : ''}${delimited(check)}`;
    }
  }
}

function delimited(failure: string): string {
  return `let next = bytes[position]!;
    if (next < 128) next += ++position;
    else {
      next = longEnd(bytes, position, end);
      position = at;
    }
    if (next > end${failure === '' ? '' : ` || ${failure}`}) return false;
    position = next;`;
}

function messageCheck(message: Message, field: Field): string {
  const type = field.type as MessageName;
  const call = `${functionName(type)}(bytes, position, next`;
  if (!nested.has(type)) return `!${call})`;
  const depth = depths.get(message.name);
  return depth === undefined ? `depth === maxDepth || !${call}, depth + 1)` : `!${call}, ${depth + 1})`;
}

function packedCheck(field: Field): string {
  const failure =
    field.wireType === 0
      ? '!isPackedVarints(bytes, position, next)'
      : `(next - position) % ${field.wireType === 1 ? 8 : 4} !== 0`;
  return delimited(failure);
}

function reaches(message: Message, target: MessageName, seen: Set<MessageName>): boolean {
  return message.fields.some((field) => {
    if (field.kind !== 'message') return false;
    const type = field.type as MessageName;
    if (type === target) return true;
    if (seen.has(type)) return false;
    seen.add(type);
    return reaches(messages[type], target, seen);
  });
}

function findDepths(): Map<MessageName, number> {
  const found = new Map<MessageName, number>();
  function visit(name: MessageName, depth: number): void {
    if (nested.has(name)) return;
    const known = found.get(name);
    if (known !== undefined && known !== depth)
      throw new Error(`${name} stands at depths ${known} and ${depth}`);
    found.set(name, depth);
    for (const field of messages[name].fields)
      if (field.kind === 'message') visit(field.type as MessageName, depth + 1);
  }
  for (const { request } of Object.values(signalPaths)) visit(request, 0);
  return found;
}
