import { decodeMessage, encodeMessage, textField, type Field } from './protobuf.ts';
import { numberOf, type GcpRefusal } from './refusal.ts';
import type { DescribedVersion, GcpCall, GcpResult } from './secret-manager.ts';

/** google/cloud/secretmanager/v1/service.proto and resources.proto; the numbers are those of the fields there. */

const STATES = { ENABLED: 1, DISABLED: 2, DESTROYED: 3 } as const;

export function decodeCall(operation: string, message: Uint8Array): GcpCall {
  const fields = decodeMessage(message);
  if (operation === 'CreateSecret') {
    return { operation, name: `${textField(fields, 1)}/secrets/${textField(fields, 2)}` };
  }
  const payload = fields.get(2);
  if (operation !== 'AddSecretVersion' || !(payload instanceof Uint8Array)) {
    return { operation, name: textField(fields, 1) };
  }
  const inner = decodeMessage(payload);
  const [data, sum] = [inner.get(1), inner.get(2)];
  return {
    operation,
    name: textField(fields, 1),
    data: data instanceof Uint8Array ? data : undefined,
    dataCrc32c: typeof sum === 'number' ? sum : undefined,
  };
}

export function encodeResult(result: GcpResult): Buffer {
  switch (result.kind) {
    case 'payload':
      return encodeMessage([
        [1, result.name],
        [
          2,
          [
            [1, result.data],
            [2, result.dataCrc32c],
          ],
        ],
      ]);
    case 'nothing':
      return encodeMessage([]);
    case 'secret':
      return encodeMessage([[1, result.name]]);
    case 'version':
      return encodeMessage(versionFields(result.version));
    case 'versions':
      return encodeMessage([
        ...result.versions.map((version): Field => [1, versionFields(version)]),
        [3, result.versions.length],
      ]);
  }
}

function versionFields({ name, createdMs, state }: DescribedVersion): readonly Field[] {
  const time: readonly Field[] = [
    [1, Math.floor(createdMs / 1000)],
    [2, (createdMs % 1000) * 1e6],
  ];
  return [
    [1, name],
    [2, time],
    [4, STATES[state]],
  ];
}

/** google.rpc.Status with its details, for the trailer `grpc-status-details-bin`. */
export function encodeStatus({ status, message, reason, retryDelaySeconds }: GcpRefusal): Buffer {
  const details: Field[] = [];
  if (reason !== undefined)
    details.push(
      any('ErrorInfo', [
        [1, reason],
        [2, 'googleapis.com'],
      ]),
    );
  if (retryDelaySeconds !== undefined) details.push(any('RetryInfo', [[1, [[1, retryDelaySeconds]]]]));
  return encodeMessage([[1, numberOf(status)], [2, message], ...details]);
}

function any(type: string, fields: readonly Field[]): Field {
  return [
    3,
    [
      [1, `type.googleapis.com/google.rpc.${type}`],
      [2, fields],
    ],
  ];
}

/** A message of gRPC: not compressed, its length, itself. */
export function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export function unframe(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(5);
}
