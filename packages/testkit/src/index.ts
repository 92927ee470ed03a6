// Time, sources and sinks.
export {
  virtualClock,
  type PendingTimer,
  type VirtualClock,
  type VirtualClockOptions,
} from '@tributary/collector';
export { testReceiver, type TestSource } from './test-receiver.js';
export { memoryExporter, type MemoryExporterConfig, type MemorySink } from './memory-exporter.js';
export type { Arrived, Received, WaitOptions } from './received.js';
export type { Answer, Refusal, Script } from './script.js';

// What every component must do.
export { contractSuite, registerChecks, type ContractCheck } from './contract/suite.js';
export type { ContractOptions, ContractRemote } from './contract/options.js';
export type { ContractRule } from './contract/rule.js';

// A backend, and a network.
export {
  testServer,
  type ExactAnswer,
  type TestRequest,
  type TestServer,
  type TestServerOptions,
} from './test-server.js';
export {
  dnsServer,
  type DnsFailure,
  type DnsRecords,
  type DnsServer,
  type DnsService,
} from './dns-server.js';
export { faultProxy, type FaultProxy, type FaultProxyOptions } from './faults/proxy.js';
export type { Fault, FaultPlace, FaultPlan } from './faults/fault.js';
export { seededChoice, seededRandom } from './random.js';

// What is to be so.
export {
  assertBalance,
  assertLogRecord,
  assertMetric,
  assertNoLogRecord,
  assertNoMetric,
  assertNoProfile,
  assertNoSpan,
  assertProfile,
  assertSpan,
  type AssertNoRecord,
  type AssertRecord,
} from './assertions.js';
export type { Searchable } from './match/verdict.js';
export type {
  LogRecordPattern,
  MetricPattern,
  Pattern,
  ProfilePattern,
  RecordOf,
  SpanPattern,
  ValueMatcher,
  Wanted,
} from './match/pattern.js';

// Telemetry to send.
export { sampleTraceParts, sampleTraces, type TracePart, type TracePartsOptions } from './samples/traces.js';
export { sampleMetrics } from './samples/metrics.js';
export { sampleLogs } from './samples/logs.js';
export { sampleProfiles } from './samples/profiles.js';
export type { SampleOptions } from './samples/shop.js';
