import type { RecordedRequest } from '../../request-log.ts';
import { apiVersionOf, RESOURCES, type Resource } from './resources.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** A request for an object or for a collection, as the server understands it. */
export interface ApiCall {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** Below the object, such as `"token"`. */
  readonly subresource: string | undefined;
  /** The name in `fieldSelector=metadata.name=NAME`. */
  readonly selectedName: string | undefined;
  readonly query: URLSearchParams;
}

const VERBS: Readonly<Record<string, Verb>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Undefined for a path that no API is at. */
export function parseCall({ method, path: target }: RecordedRequest): ApiCall | undefined {
  const { pathname, searchParams: query } = new URL(target, 'http://kubernetes');
  const parts = pathname.split('/').slice(1).map(decodeURIComponent);
  const apiVersion = parts[0] === 'api' ? parts[1] : parts.slice(1, 3).join('/');
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  const isInside = rest[0] === 'namespaces' && rest.length > 2;
  const [plural, name, subresource] = isInside ? rest.slice(2) : rest;
  const resource = RESOURCES.find((one) => one.plural === plural && apiVersionOf(one) === apiVersion);
  if (!resource || !/^apis?$/.test(parts[0] ?? '')) return undefined;
  return {
    verb: VERBS[method] ?? readingVerb(name, query),
    resource,
    namespace: isInside ? rest[1] : undefined,
    name,
    subresource,
    selectedName: /(?:^|,)metadata\.name=([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1],
    query,
  };
}

function readingVerb(name: string | undefined, query: URLSearchParams): Verb {
  if (/^(true|1)$/.test(query.get('watch') ?? '')) return 'watch';
  return name === undefined ? 'list' : 'get';
}
