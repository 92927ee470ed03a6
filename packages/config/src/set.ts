import type { Diagnostic } from './diagnostic.js';
import { nestKeys } from './merge.js';
import type { MapNode, Place, Source } from './tree.js';
import { parseYaml } from './yaml.js';

/** What an option `--set a.b=value` says, as a configuration; `undefined` where it says nothing. */
export function parseSet(option: string, diagnostics: Diagnostic[]): MapNode | undefined {
  const source: Source = { name: '--set', text: option };
  const whole: Place = { source, start: 0, end: option.length };
  const refuse = (message: string, hint: string): undefined => {
    diagnostics.push({ code: 'set-option', severity: 'error', path: [], message, hint, place: whole });
  };
  const equals = option.indexOf('=');
  if (equals === -1) return refuse(`missing equal sign in --set ${option}`, 'Write --set a.b=value.');
  const path = option.slice(0, equals).split(/\.|::/);

  // Read as the value of a key, as the Collector does: what is no value there is none here.
  const prefix = 'k: ';
  const text = prefix + option.slice(equals + 1);
  const parsed = parseYaml({ source, text, offset: equals + 1 - prefix.length });
  diagnostics.push(...parsed.diagnostics.map((diagnostic) => ({ ...diagnostic, path })));
  if (parsed.node?.kind !== 'map') return undefined;
  const value = parsed.node.entries.get('k');
  if (value === undefined) return undefined;
  if (parsed.node.entries.size > 1)
    return refuse('the value of --set has keys behind it', 'Give each key a --set of its own.');
  const key = { source, start: 0, end: equals };
  const entries = new Map([[path.join('::'), { key, node: value.node }]]);
  return nestKeys({ kind: 'map', place: whole, via: [], entries }, diagnostics);
}
