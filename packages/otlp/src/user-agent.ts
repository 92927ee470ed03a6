import { arch, platform } from 'node:os';

/** Of this package; a test holds it against package.json. */
const version = '0.0.0';

/** What the peer sees as the sender, unless the config says otherwise. */
export const userAgent: string = `Tributary/${version} (${platform()}/${arch()})`;
