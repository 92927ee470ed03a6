import type { YAMLError } from 'yaml';

/** An error of the YAML library in words for somebody who writes a configuration. */
export function explainYamlError(
  error: YAMLError,
  text: string,
): { readonly message: string; readonly hint?: string } {
  void text;
  return { message: `${error.message}.` };
}
