import type { FileHandle } from 'node:fs/promises';

const windowBytes = 64 * 1024;
/** No record of ours is longer: four bytes that say so are something else. */
const maxRecordBytes = 2 ** 30;
/** How every line of ours begins. */
const lineStart = '{"resource';

/**
 * Where the last whole record of a file ends; the size where that is all. One byte above it means that the
 * last line is whole and lacks its newline. `undefined` where these are no records.
 */
export function endOfRecords(
  handle: FileHandle,
  size: number,
  isLines: boolean,
): Promise<number | undefined> {
  return isLines ? endOfLines(handle, size) : endOfFrames(handle, size);
}

async function endOfLines(handle: FileHandle, size: number): Promise<number> {
  const start = await startOfLastLine(handle, size);
  if (start === size) return size;
  const line = (await read(handle, start, size - start)).toString();
  if (isJson(line)) return size + 1;
  // What we have not begun is not ours to remove.
  return lineStart.startsWith(line.slice(0, lineStart.length)) ? start : size + 1;
}

/** Looks from the end for the last newline. */
async function startOfLastLine(handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - windowBytes);
    const newline = (await read(handle, start, end - start)).lastIndexOf(0x0a);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Goes from length to length. A window, since small records would make a call each. */
async function endOfFrames(handle: FileHandle, size: number): Promise<number | undefined> {
  let windowStart = 0;
  let window: Buffer = Buffer.alloc(0);
  let end = 0;
  while (end + 4 <= size) {
    if (end + 4 > windowStart + window.length) {
      windowStart = end;
      window = await read(handle, end, Math.min(windowBytes, size - end));
    }
    const length = window.readUInt32BE(end - windowStart);
    if (length > maxRecordBytes) return undefined;
    if (end + 4 + length > size) break;
    end += 4 + length;
  }
  return end;
}

async function read(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}
