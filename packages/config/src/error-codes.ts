/** What a diagnostic is about. */
export type ErrorCode = 'yaml-syntax';

/** What each code means, in a sentence: `docs/errors.md` lists exactly these. */
export const errorCodes: Readonly<Record<ErrorCode, string>> = {
  'yaml-syntax': 'The text is not YAML.',
};
