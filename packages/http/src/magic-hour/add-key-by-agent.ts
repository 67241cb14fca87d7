import http, { type Agent, type ClientRequest } from 'node:http';
import https from 'node:https';
import { addKeyLate } from '../add-key-late.ts';
import { AUTHORIZATION } from '../bearer-header.ts';
import { wrapAgent } from '../wrap-agent.ts';
import type { SdkInit, SdkUrl } from './sdk-core.ts';

/** Puts the header on the request. */
export type AddHeader = (header: string) => void;

/** @param origin where the request really goes; undefined for a socket in the file system. */
export type OnSend = (origin: string | undefined, addHeader: AddHeader) => void;

/**
 * Asks `onSend` for the header just before node-fetch sends the request, by its agent: then the key is in nothing that
 * the SDK or node-fetch shows, nor in what Node prints with NODE_DEBUG.
 */
export function addKeyByAgent(init: SdkInit, onSend: OnSend): void {
  const { agent: own } = init;
  const prepare = (request: ClientRequest, origin: string | undefined): void => {
    if (request.hasHeader(AUTHORIZATION)) return;
    onSend(origin, (header) => addKeyLate(request, header));
  };
  init.agent = (url: SdkUrl): Agent => {
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const given = typeof own === 'function' ? own(url) : own;
    return wrapAgent(given ?? globalAgent(protocol), protocol, prepare);
  };
}

/** As it is at the moment: programs put others in its place, for proxies. */
function globalAgent(protocol: 'http:' | 'https:'): Agent {
  return protocol === 'https:' ? https.globalAgent : http.globalAgent;
}
