/** What a JSON value is by its first character. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

const numberText = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// oxlint-disable-next-line no-control-regex -- what JSON forbids within strings
const escapedOrControl = /[\\\u0000-\u001f]/;

/** Values within a value that nobody asked for; what is nested deeper is hostile. */
const maxSkippedDepth = 1000;

/**
 * Takes JSON text apart, one token at a time. Numbers come out as text: a
 * `JSON.parse` would round what is beyond 2^53.
 */
export class JsonScanner {
  readonly #text: string;
  readonly #fail: (problem: string) => never;
  #position = 0;

  /** `fail` throws; it knows the path. */
  constructor(text: string, fail: (problem: string) => never) {
    this.#text = text;
    this.#fail = fail;
    // RFC 8259, section 8.1: a reader may ignore a byte order mark.
    if (text.charCodeAt(0) === 0xfeff) this.#position = 1;
  }

  /** What comes next. */
  kind(): JsonKind {
    switch (this.#next()) {
      case 0x7b:
        return 'object';
      case 0x5b:
        return 'array';
      case 0x22:
        return 'string';
      case 0x74:
      case 0x66:
        return 'boolean';
      case 0x6e:
        return 'null';
      case 0x2d:
        return 'number';
      default: {
        const code = this.#next();
        return code >= 0x30 && code <= 0x39 ? 'number' : this.#unexpected();
      }
    }
  }

  /** Goes into an object or an array. False if it is empty, and behind it then. */
  open(kind: 'object' | 'array'): boolean {
    this.#expect(kind === 'object' ? 0x7b : 0x5b);
    if (this.#next() !== (kind === 'object' ? 0x7d : 0x5d)) return true;
    this.#position++;
    return false;
  }

  /** Behind an element: whether another follows. Goes behind the whole if not. */
  more(kind: 'object' | 'array'): boolean {
    if (this.#next() === 0x2c) {
      this.#position++;
      return true;
    }
    this.#expect(kind === 'object' ? 0x7d : 0x5d);
    return false;
  }

  /** A key and the colon behind it. */
  key(): string {
    const key = this.string();
    this.#expect(0x3a);
    return key;
  }

  string(): string {
    this.#expect(0x22);
    const text = this.#text;
    const start = this.#position;
    let end = text.indexOf('"', start);
    if (end < 0) this.#fail('a string does not end');
    const plain = text.slice(start, end);
    this.#position = end + 1;
    if (!escapedOrControl.test(plain)) return plain;
    end = start;
    for (let code = text.charCodeAt(end); code !== 0x22; code = text.charCodeAt(end)) {
      if (end >= text.length) this.#fail('a string does not end');
      end += code === 0x5c ? 2 : 1;
    }
    this.#position = end + 1;
    try {
      return JSON.parse(text.slice(start - 1, end + 1)) as string;
    } catch {
      return this.#fail(`a string with a bad escape or a control character ends at character ${end}`);
    }
  }

  /** A number as it stands there. */
  number(): string {
    this.#next();
    numberText.lastIndex = this.#position;
    const match = numberText.exec(this.#text);
    if (match === null) return this.#unexpected();
    this.#position = numberText.lastIndex;
    return match[0];
  }

  boolean(): boolean {
    const value = this.#next() === 0x74;
    this.#literal(value ? 'true' : 'false');
    return value;
  }

  null(): void {
    this.#next();
    this.#literal('null');
  }

  /** Goes behind a value, which must be JSON all the same. */
  skip(depth = 0): void {
    const kind = this.kind();
    switch (kind) {
      case 'string':
        this.string();
        return;
      case 'number':
        this.number();
        return;
      case 'boolean':
        this.boolean();
        return;
      case 'null':
        return this.null();
      default:
        if (depth >= maxSkippedDepth) this.#fail(`is nested deeper than ${maxSkippedDepth} values`);
        if (!this.open(kind)) return;
        do {
          if (kind === 'object') this.key();
          this.skip(depth + 1);
        } while (this.more(kind));
    }
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.#next();
    if (this.#position < this.#text.length) this.#unexpected();
  }

  /** The next character that is no white space; it stays there. */
  #next(): number {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#position++;
    }
  }

  #expect(code: number): void {
    if (this.#next() !== code) this.#unexpected(String.fromCharCode(code));
    this.#position++;
  }

  #literal(word: string): void {
    if (!this.#text.startsWith(word, this.#position)) this.#unexpected();
    this.#position += word.length;
  }

  #unexpected(wanted?: string): never {
    const position = this.#position;
    const found = position < this.#text.length ? JSON.stringify(this.#text[position]) : 'end of text';
    const instead = wanted === undefined ? '' : `, expected ${JSON.stringify(wanted)}`;
    return this.#fail(`unexpected ${found} at character ${position}${instead}`);
  }
}
