// @tributary/connector-forward: what the package exports, written by scripts/api.mjs.
import { ConnectorFactory, Signal } from '@tributary/component';

export type ForwardConfig = Record<string, never>;
export declare const forward: ConnectorFactory<ForwardConfig, Signal, Signal>;
