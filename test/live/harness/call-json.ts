import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';

export interface JsonCall {
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: object | undefined;
  /** The authority of the server's certificate, in PEM. Default: those of Node. */
  readonly ca?: string | undefined;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined where the answer has no JSON. */
  readonly json: unknown;
}

/** One request over a connection of its own, for what this suite does to a store by its HTTP API. */
export async function callJson({ url, method = 'GET', headers, body, ca }: JsonCall): Promise<JsonAnswer> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const content = body && JSON.stringify(body);
  const type = content === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, ca, headers: { ...type, ...headers } });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const { statusCode: status = 0, headers: answered } = answer;
      text(answer).then((read) => resolve({ status, headers: answered, json: parse(read) }), reject);
    });
    sent.end(content);
  });
}

function parse(read: string): unknown {
  try {
    return JSON.parse(read);
  } catch {
    return undefined;
  }
}
