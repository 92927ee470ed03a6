/** Copies the values of an array into a longer one. */
export function grown<A extends { set(values: A): void }>(before: A, after: A): A {
  after.set(before);
  return after;
}
