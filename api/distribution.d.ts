// @tributary/distribution: what the package exports, written by scripts/api.mjs.
import { ComponentEntry } from '@tributary/config';

export declare const components: readonly ComponentEntry[];
