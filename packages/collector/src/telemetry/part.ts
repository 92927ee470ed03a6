/** Something of the telemetry that opens and closes. */
export interface TelemetryPart {
  start(): Promise<void>;
  /** Safe before `start`. Sends and writes what it has; `grace` aborts when time is up. */
  shutdown(grace: AbortSignal): Promise<void>;
}
