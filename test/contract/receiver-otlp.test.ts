import { otlpReceiver } from '@tributary/receiver-otlp';
import { contractSuite, registerChecks } from '@tributary/testkit';
import { describe, test } from 'vitest';
import { sendByGrpc, sendByHttp } from './clients.js';

describe('by gRPC', () => {
  const create = (): object => otlpReceiver({ protocols: { grpc: { endpoint: '127.0.0.1:0' } } });
  const send = (
    batch: Parameters<typeof sendByGrpc>[0],
    { grpc }: Readonly<Record<string, string>>,
  ): Promise<number> => sendByGrpc(batch, grpc!);
  registerChecks(contractSuite({ factory: otlpReceiver, create, send }), test);
});

describe('by HTTP', () => {
  const create = (): object => otlpReceiver({ protocols: { http: { endpoint: '127.0.0.1:0' } } });
  const send = (
    batch: Parameters<typeof sendByHttp>[0],
    { http }: Readonly<Record<string, string>>,
  ): Promise<number> => sendByHttp(batch, http!);
  registerChecks(contractSuite({ factory: otlpReceiver, create, send }), test);
});
