/** All attacks, in the order of `docs/security.md`. */
import type { Attack } from '../attack.js';
import { bombs } from './bombs.js';
import { brokenRequests } from './broken.js';
import { halfHeaders, idleConnections } from './connections.js';
import {
  oversizeHttp1,
  slowHttp1,
  smuggledRequests,
  unfinishedHttp1,
  unreadReplies,
  wrongHttp1,
} from './http1.js';
import { floods, stalledWindows, streamsWithoutMessage, unfinishedMessages } from './http2.js';
import { largeJson } from './json.js';
import { mutatedJson, mutatedProtobuf } from './mutated.js';

export const attacks: readonly Attack[] = [
  ...floods,
  stalledWindows,
  streamsWithoutMessage,
  unfinishedMessages,
  unfinishedHttp1,
  slowHttp1,
  unreadReplies,
  idleConnections,
  halfHeaders,
  wrongHttp1,
  smuggledRequests,
  oversizeHttp1,
  mutatedProtobuf,
  mutatedJson,
  brokenRequests,
  bombs,
  largeJson,
];
