import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AzureRefusal } from './azure-refusal.ts';

export interface AzureAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The connection is cut before the length that was announced. */
  readonly isCut?: boolean | undefined;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function json(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): AzureAnswer {
  return { status, text: JSON.stringify(value), headers: { 'content-type': JSON_TYPE, ...headers } };
}

export function refusedAnswer({ status, code, innerCode, message }: AzureRefusal): AzureAnswer {
  const innererror = innerCode === undefined ? {} : { innererror: { code: innerCode } };
  return json({ error: { code, message, ...innererror } }, status);
}

export function sendAnswer(response: ServerResponse, { status, text, headers, isCut }: AzureAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('x-ms-request-id', randomUUID());
  if (isCut !== true) {
    response.end(text);
    return;
  }
  response.setHeader('content-length', Buffer.byteLength(text) + 100);
  response.write(text, () => response.destroy());
}
