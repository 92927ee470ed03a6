// Time, sources and sinks.
export {
  virtualClock,
  type PendingTimer,
  type VirtualClock,
  type VirtualClockOptions,
} from './virtual-clock.js';
export { testReceiver, type TestSource } from './test-receiver.js';
export { memoryExporter, type MemoryExporterConfig, type MemorySink } from './memory-exporter.js';
export type { Received } from './received.js';
export type { Answer, Refusal, Script } from './script.js';

// What every component must do.
export {
  contractSuite,
  registerChecks,
  type ContractCheck,
  type ContractOptions,
  type ContractRemote,
  type ContractRule,
} from './contract/suite.js';

// A backend.
export { testServer, type TestRequest, type TestServer, type TestServerOptions } from './test-server.js';

// Telemetry to send.
export { sampleLogs, sampleMetrics, sampleTraces, type SampleOptions } from './samples.js';
