import { errorMonitor } from 'node:events';
import { OutgoingMessage, type ClientRequest, type IncomingMessage } from 'node:http';
import { AUTHORIZATION } from './bearer-header.ts';

/** Where Node keeps the headers of a request. Undefined where Node has changed inside. */
const HEADERS = Object.getOwnPropertySymbols(new OutgoingMessage()).find(
  ({ description }) => description === 'kOutHeaders',
);

/**
 * Puts the header on a request that was made without it, and takes it out again as soon as it was sent. So neither
 * what Node prints with NODE_DEBUG, which is what the request was made from, shows the key, nor the request, to which
 * every response and the errors of most clients lead.
 */
export function addKeyLate(
  request: ClientRequest,
  header: string,
  onResponse?: (response: IncomingMessage) => void,
): void {
  request.setHeader(AUTHORIZATION, header);
  // Neither is taken off again: each comes once, and `once` would cost more than all the rest of this.
  request.prependListener('response', (response: IncomingMessage) => {
    forgetHeader(request, header);
    // As Node does where nobody listens.
    if (request.listenerCount('response') === 1) response.resume();
    onResponse?.(response);
  });
  // Before those who listen for errors, and without being one of them: one that nobody handles must end the process.
  request.on(errorMonitor, () => forgetKey(request, header));
}

/** The header is not on the request any more, and not in what it may have kept to send. */
export function forgetKey(request: ClientRequest, header: string): void {
  forgetHeader(request, header);
  forgetUnsent(request, header);
}

/** removeHeader() throws as soon as the headers are sent. Where Node has changed inside, nothing happens. */
function forgetHeader(request: object, header: string): void {
  const inside = request as Record<PropertyKey, unknown>;
  const text = inside['_header'];
  if (typeof text === 'string') inside['_header'] = withoutLine(text, header);
  const headers = HEADERS && (inside[HEADERS] as Partial<Record<string, unknown[]>> | null);
  // Removed and not replaced: superagent copies what is here into the next request.
  if (headers?.['authorization']?.[1] === header) delete headers['authorization'];
}

/** What a request that failed has kept to send. */
function forgetUnsent(request: object, header: string): void {
  const { outputData } = request as { outputData?: unknown };
  if (!Array.isArray(outputData)) return;
  for (const waiting of outputData as ({ data?: unknown } | undefined)[]) {
    if (typeof waiting?.data === 'string') waiting.data = withoutLine(waiting.data, header);
  }
}

function withoutLine(text: string, header: string): string {
  return text.replace(`${AUTHORIZATION}: ${header}\r\n`, '');
}
