import { RE2JS } from 're2js';

/**
 * Makes of a text that a regular expression matches whole what `template` says, in which `$1` stands for the first
 * group; undefined where it does not match.
 *
 * @throws Error where the expression is none of RE2
 */
export function createRenamer(pattern: string, template: string): (text: string) => string | undefined {
  const whole = RE2JS.compile(`^(?:${pattern})$`);
  return (text) => {
    const match = whole.matcher(text);
    return match.find() ? match.replaceAll(template) : undefined;
  };
}
