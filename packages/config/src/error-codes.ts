/** The codes of diagnostics, each with what it means: `docs/errors.md` lists exactly these. */
export const errorCodes = {
  'yaml-syntax': 'The text is not YAML.',
} as const satisfies Readonly<Record<string, string>>;

export type ErrorCode = keyof typeof errorCodes;
