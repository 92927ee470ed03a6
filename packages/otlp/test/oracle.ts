/** protobufjs with the published `.proto` text, which an installed package carries. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';

const folder = dirname(createRequire(import.meta.url).resolve('@elastic/mockotlpserver/package.json'));
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(folder, target);
root.loadSync(
  ['trace/v1/trace', 'metrics/v1/metrics', 'logs/v1/logs'].map(
    (file) => `opentelemetry/proto/collector/${file}_service.proto`,
  ),
);

export function encode(name: string, fields: object): Uint8Array {
  const type = root.lookupType(name);
  return type.encode(type.fromObject(fields)).finish();
}

export function decode(name: string, bytes: Uint8Array): object {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: Number });
}
