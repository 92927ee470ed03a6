/** Tells the backends where they are others than those that were told last: each once, sorted. */
export function tellChanges(
  onChange: (backends: readonly string[]) => void,
): (backends: readonly string[]) => void {
  let last: string | undefined;
  return (found) => {
    const backends = [...new Set(found)].toSorted();
    // A newline stands in no host and no port.
    const text = backends.join('\n');
    if (text === last) return;
    last = text;
    onChange(backends);
  };
}
