export type { AttributeInput, AttributeValue, Batch, Signal, Telemetry } from '@tributary/pdata';
export {
  background,
  createContext,
  type ClientInfo,
  type Context,
  type ContextInit,
  type RejectedPart,
} from './context.js';
export type { Consumer } from './consumer.js';
export {
  defineConnector,
  defineExporter,
  defineExtension,
  defineProcessor,
  defineReceiver,
  type Definition,
} from './define.js';
export {
  checkConfig,
  completeConfig,
  ConfigError,
  type CheckedConfig,
  type ConfigProblem,
  type ConfigProblemCause,
} from './config-error.js';
export {
  declarationOf,
  definitionOf,
  type ComponentDefinition,
  type ComponentKind,
  type Declaration,
  type MakePart,
  type MakeShared,
  type Origin,
} from './declaration.js';
export { extensionRef } from './extension-ref.js';
export { nearest } from './nearest.js';
export { duration, parseDuration, type Duration } from './duration.js';
export { toMs } from './to-ms.js';
export { optionalSection } from './optional-section.js';
export { notOffered, oneOf } from './not-offered.js';
export {
  ConsumeError,
  type ConsumeErrorKind,
  type ConsumeErrorOptions,
  type DownstreamStatus,
  type TooLarge,
} from './errors.js';
export type { Component, ComponentStatus, Host } from './lifecycle.js';
export type { Status, StatusEvent, StatusSubject } from './status.js';
export type { Clock, Logger, Runtime, Timer } from './runtime.js';
export { memoryInReach } from './memory-in-reach.js';
export { receiverMetrics, type ReceiverMetrics } from './receiver-metrics.js';
export type * from './references.js';
export {
  StorageError,
  type Storage,
  type StorageErrorCode,
  type StorageOperation,
  type StorageOwner,
  type StorageProvider,
} from './storage.js';
export type {
  ConnectorSettings,
  DropCause,
  ExporterSettings,
  Ledger,
  Processing,
  ProcessorSettings,
  ReceiverSettings,
  Router,
  Settings,
  Transform,
} from './settings.js';
