import type { CliOutput } from '../cli.js';

/** Where one picture follows the other. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  show(lines: readonly string[]): void;
  /** Leaves the terminal as it was. Safe twice. */
  close(): void;
}

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearToEndOfLine = '\u001b[K';
const clearBelow = '\u001b[J';

/** A terminal: pictures are drawn over one another, beside what stood there before. */
export function terminalScreen(output: CliOutput): Screen {
  let isOpen = false;
  return {
    // A terminal that does not know says 0.
    get width() {
      return output.columns || 80;
    },
    get height() {
      return output.rows || 24;
    },
    show(lines) {
      // Drawn over, not cleared first: that would flicker. No line break behind the last line: it would scroll.
      const picture = lines.map((line) => `${line}${clearToEndOfLine}`).join('\r\n');
      output.write(`${isOpen ? '' : enter}${home}${picture}${clearBelow}`);
      isOpen = true;
    },
    close() {
      if (isOpen) output.write(leave);
      isOpen = false;
    },
  };
}

/** Anything else: pictures below one another, as wide and long as they are. */
export function plainScreen(output: CliOutput): Screen {
  let isFirst = true;
  return {
    width: Infinity,
    height: Infinity,
    show(lines) {
      output.write(`${isFirst ? '' : '\n'}${lines.join('\n')}\n`);
      isFirst = false;
    },
    close() {},
  };
}
