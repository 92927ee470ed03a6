const none = new Uint8Array(0);

/** The ID, or nothing where it is the one of zeros alone, which is not valid. */
export function validTraceId(id: Uint8Array): Uint8Array {
  for (let i = 0; i < id.length; i++) if (id[i] !== 0) return id;
  return none;
}
