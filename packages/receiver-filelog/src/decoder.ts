import { isUtf8 } from 'node:buffer';

/** How the text of a file is written. */
export interface Encoding {
  /** The bytes of a newline. */
  readonly newline: Buffer;
  /** Bytes of a unit: a newline is looked for where one begins. */
  readonly unit: 1 | 2;
  /** The record is what the bytes are, and not text. */
  readonly isBinary: boolean;
  /** Bytes that are UTF-8 are the text as it is. */
  readonly isUtf8: boolean;
  /** What is not of the encoding becomes U+FFFD, or stays bytes where the encoding says so. */
  decode(bytes: Buffer): string | Buffer;
}

const newline = Buffer.from('\n');

const own: Readonly<Record<string, Encoding>> = {
  'utf-8': { newline, unit: 1, isBinary: false, isUtf8: true, decode: (bytes) => bytes.toString('utf8') },
  // A string that is none would have the whole request refused by whoever looks.
  'utf-8-raw': {
    newline,
    unit: 1,
    isBinary: false,
    isUtf8: true,
    decode: (bytes) => (isUtf8(bytes) ? bytes.toString('utf8') : Buffer.from(bytes)),
  },
  nop: { newline, unit: 1, isBinary: true, isUtf8: false, decode: (bytes) => Buffer.from(bytes) },
  ascii: {
    newline,
    unit: 1,
    isBinary: false,
    isUtf8: false,
    decode: (bytes) => bytes.toString('latin1').replaceAll(/[\x80-\xff]/g, '\ufffd'),
  },
  'iso-8859-1': {
    newline,
    unit: 1,
    isBinary: false,
    isUtf8: false,
    decode: (bytes) => bytes.toString('latin1'),
  },
  'utf-16le': wide('utf-16le', Buffer.from('\n', 'utf16le')),
  'utf-16be': wide('utf-16be', Buffer.from([0, 10])),
};

const aliases: Readonly<Record<string, string>> = {
  '': 'utf-8',
  utf8: 'utf-8',
  'utf8-raw': 'utf-8-raw',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  'us-ascii': 'ascii',
  latin1: 'iso-8859-1',
  'iso8859-1': 'iso-8859-1',
};

export function isEncoding(name: string): boolean {
  return encodingOf(name) !== undefined;
}

/** `undefined` where nobody knows it. */
export function encodingOf(name: string): Encoding | undefined {
  const lower = name.toLowerCase();
  const canonical = Object.hasOwn(aliases, lower) ? aliases[lower]! : lower;
  if (Object.hasOwn(own, canonical)) return own[canonical];
  try {
    const decoder = new TextDecoder(canonical);
    // In every encoding of the web but UTF-16 a newline is one byte, and no part of another character.
    return {
      newline,
      unit: 1,
      isBinary: false,
      isUtf8: false,
      decode: (bytes) => decoder.decode(bytes),
    };
  } catch {
    return undefined;
  }
}

function wide(name: string, wideNewline: Buffer): Encoding {
  const decoder = new TextDecoder(name, { ignoreBOM: true });
  return {
    newline: wideNewline,
    unit: 2,
    isBinary: false,
    isUtf8: false,
    decode: (bytes) => decoder.decode(bytes),
  };
}
