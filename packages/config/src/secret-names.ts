/** What is called so is nobody's business. */
const words =
  'authorization|api[-_]?key|private[-_]?key|access[-_]?key|token|password|passw?d|passphrase|secret|credentials?|cookies?|pem|headers_list';

/** The name of a key in a text that may not even be YAML: rather too much is hidden than too little. */
export const secretName: string = String.raw`[\w.-]*(?:${words})[\w.-]*`;

const ending = new RegExp(`(?:^|[-_.])(?:${words})$`, 'iu');

/** Whether the value of a key is not to be shown, in whichever component it stands: `client_secret`, not `token_bucket`. */
export function isSecretKey(key: string): boolean {
  return ending.test(key);
}
