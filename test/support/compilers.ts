import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './tree.js';

/** The compilers that users may have: the newest major, and the one before it. */
export const compilers: Readonly<Record<string, string>> = {
  '7.0': 'node_modules/typescript/bin/tsc',
  '6.0': 'node_modules/typescript-6/bin/tsc',
};

/** One message of a compiler: its first line, without the place. */
export interface CompilerMessage {
  /** Relative to the folder that was compiled. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Checks the types of all `.ts` files in a folder below the repository, against the sources of the packages,
 * under the settings that programs of this repository have. Messages about the sources themselves count
 * too: their file begins with `..`.
 */
export async function checkTypes(folder: string, compiler: string): Promise<CompilerMessage[]> {
  const root = path.relative(folder, repositoryRoot);
  const project = path.join(folder, `tsconfig.${compiler}.json`);
  const settings = {
    extends: path.join(root, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      composite: false,
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      noUnusedLocals: false,
      // TypeScript 6 orders the members of a union as it met them, in whichever file; 7 always orders them.
      ...(compiler === '6.0' && { stableTypeOrdering: true }),
      typeRoots: [path.join(root, 'node_modules/@types')],
      paths: {
        '@tributary/testkit/vitest': [`${root}/packages/testkit/src/vitest.ts`],
        '@tributary/*': [`${root}/packages/*/src/index.ts`],
      },
    },
    include: ['**/*.ts'],
  };
  writeFileSync(project, JSON.stringify(settings));
  const output = await run(compilers[compiler]!, ['-p', project, '--pretty', 'false']);
  return [...output.matchAll(/^(?:(.+?)\((\d+),\d+\): )?error (TS\d+: .*)$/gm)].map(
    ([, file = '', line, message]) => ({
      file: path.relative(folder, path.resolve(repositoryRoot, file)),
      line: Number(line ?? 0),
      message: message!,
    }),
  );
}

function run(script: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [script, ...args],
      { cwd: repositoryRoot, maxBuffer: 16 << 20 },
      (error, stdout) => {
        // 1 and 2 say that there are errors, which is what stdout tells.
        if (error !== null && (typeof error.code !== 'number' || error.code > 2)) reject(error);
        else resolve(stdout);
      },
    );
  });
}
