import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { generateCheck } from './generate-check.js';
import { generateViews } from './generate-views.js';

/** What stands in `src/generated/`: text by path. A test compares it with the files. */
export async function generated(): Promise<Readonly<Record<string, string>>> {
  return {
    [path('views.ts')]: await formatted(path('views.ts'), generateViews()),
    [path('check.ts')]: await formatted(path('check.ts'), generateCheck()),
  };
}

function path(file: string): string {
  return fileURLToPath(new URL(`../src/generated/${file}`, import.meta.url));
}

async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}
