/** Shows progress: one line that is written over, or on a plain stream a line now and then. */
export interface Screen {
  /** Writes a line that stays. */
  readonly line: (text: string) => void;
  readonly progress: (text: string) => void;
  readonly end: () => void;
}

const plainIntervalMs = 2000;

export function createScreen(out: NodeJS.WriteStream = process.stdout): Screen {
  let current = '';
  let lastPlain = -Infinity;
  const clear = '\r\x1b[K';
  return {
    line(text) {
      out.write(out.isTTY ? `${clear}${text}\n${current}` : `${text}\n`);
    },
    progress(text) {
      if (out.isTTY) {
        current = text.slice(0, out.columns - 1);
        out.write(clear + current);
      } else if (performance.now() - lastPlain >= plainIntervalMs) {
        lastPlain = performance.now();
        out.write(`${text}\n`);
      }
    },
    end() {
      if (out.isTTY) out.write(clear);
      current = '';
    },
  };
}
