import type { Attributes } from './otlp-json.js';
import { typedValue } from './text.js';

/** The lines of a detailed text. */
export class Lines {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line);
  }

  /** A field of a span, its name in a column of its own. */
  field(name: string, value: string = ''): void {
    this.add(`    ${name.padEnd(15)}: ${value}`);
  }

  /** A heading and a line for each; nothing where there are none. Below an arrow they are set in. */
  attributes(heading: string, attributes: Attributes): void {
    if (attributes === undefined || attributes.length === 0) return;
    const arrow = heading.indexOf('->');
    const indent = arrow < 0 ? '' : heading.slice(0, arrow);
    this.add(`${heading}:`);
    for (const { key = '', value } of attributes) this.add(`${indent}     -> ${key}: ${typedValue(value)}`);
  }

  toString(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }
}
