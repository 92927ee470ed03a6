/** What the programs under measurement have in common: their environment, and how they say that they are ready. */
import { collectLater } from '@tributary/collector';

/** From the bench to a program under measurement. */
export interface SubjectEnv {
  /** Of the export; the program listens for both. */
  readonly PROTOCOL: 'grpc' | 'http';
  /** `host:port` of the backend. */
  readonly BACKEND: string;
  readonly COMPRESSION: 'none' | 'gzip';
  /** For the forwarder, which does not count spans. */
  readonly REQUESTS_PER_BATCH: string;
}

/** From a program under measurement: where it listens. */
export interface SubjectReady {
  readonly grpc: string;
  readonly http: string;
}

/** The environment of this process. */
export const subjectEnv: SubjectEnv = process.env as unknown as SubjectEnv;

/** Tells the bench that the program is ready, and calls `end` on SIGTERM. */
export function ready(addresses: SubjectReady, end: () => Promise<unknown>): void {
  // As in every program whose whole job it is.
  collectLater();
  process.once('SIGTERM', () => {
    end().then(
      () => process.disconnect(),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send!(addresses);
}
