/** A fenced code block. */
export interface CodeBlock {
  /** Everything after the three backticks: `ts`, `ts no-run: why`. */
  readonly info: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
  readonly code: string;
}

/** A link; `line` counts from 1. */
export interface Link {
  readonly text: string;
  readonly target: string;
  readonly line: number;
}

interface Parsed {
  readonly blocks: readonly CodeBlock[];
  readonly links: readonly Link[];
  /** The anchors of the headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
}

/** As much of Markdown as the tests of this repository's texts need. */
export function parseMarkdown(text: string): Parsed {
  const blocks: CodeBlock[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  let open: { info: string; line: number; fence: string; lines: string[] } | undefined;
  text.split('\n').forEach((line, index) => {
    if (open !== undefined) {
      if (line.trim() === open.fence) {
        blocks.push({ info: open.info, line: open.line, code: open.lines.join('\n') });
        open = undefined;
      } else open.lines.push(line);
      return;
    }
    const fence = /^(```+)(.*)$/.exec(line);
    if (fence !== null) {
      open = { info: fence[2]!.trim(), line: index + 2, fence: fence[1]!, lines: [] };
      return;
    }
    const heading = /^#+ +(.+)$/.exec(line);
    if (heading !== null) anchors.add(unused(slug(heading[1]!), anchors));
    for (const [, label, target] of line.matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)) {
      links.push({ text: label!, target: target!, line: index + 1 });
    }
  });
  if (open !== undefined) throw new Error(`the code block at line ${open.line - 1} does not end`);
  return { blocks, links, anchors };
}

/** GitHub's anchor of a heading: lower case, no punctuation, hyphens for spaces. */
function slug(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function unused(anchor: string, taken: ReadonlySet<string>): string {
  let candidate = anchor;
  for (let count = 1; taken.has(candidate); count++) candidate = `${anchor}-${count}`;
  return candidate;
}
