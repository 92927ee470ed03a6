/** It has no options. */
export type ForwardConfig = Record<string, never>;
