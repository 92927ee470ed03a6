import { pathToFileURL } from 'node:url';

// Imports each program that the arguments name, and tells the parent how it went.

let current = '';
let failLate: (error: unknown) => void = () => {};
const fail = (error: unknown): void => failLate(error);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

const limitMs = Number(process.env['PROGRAM_LIMIT_MS']);

async function run(file: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    failLate = reject;
    timer = setTimeout(() => reject(new Error(`did not end within ${limitMs} ms`)), limitMs);
    import(pathToFileURL(file).href).then(() => resolve(), reject);
  }).finally(() => clearTimeout(timer));
}

for (current of process.argv.slice(2)) {
  const error = await run(current).then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown)),
  );
  await new Promise((resolve) => process.send?.({ file: current, error }, resolve));
}
// Whatever the programs have left open; and a program may have set `process.exitCode`.
process.exit(0);
