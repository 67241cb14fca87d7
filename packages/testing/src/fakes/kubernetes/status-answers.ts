/** What goes over the wire. `json` wins over `text`. */
export interface KubernetesAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  readonly text?: string | undefined;
}

/** What an object is called in an error. */
export interface ObjectName {
  readonly name: string;
  readonly kind: string;
}

export function success(json: unknown, status = 200): KubernetesAnswer {
  return { status, json };
}

/** An error as the API server writes it: an object of the kind `Status`. */
export function failure(
  status: number,
  reason: string,
  message: string,
  details?: ObjectName,
): KubernetesAnswer {
  return {
    status,
    json: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details && { details }),
      code: status,
    },
  };
}

export const UNAUTHORIZED: KubernetesAnswer = failure(401, 'Unauthorized', 'Unauthorized');

/** kubectl sends protobuf for some kinds that it knows. */
export const UNKNOWN_FORMAT: KubernetesAnswer = failure(
  415,
  'UnsupportedMediaType',
  'the body of the request was in an unknown format',
);

/** For a path that no API is at. */
export const NO_SUCH_PATH: KubernetesAnswer = failure(
  404,
  'NotFound',
  'the server could not find the requested resource',
);

export function notFound(details: ObjectName): KubernetesAnswer {
  return failure(404, 'NotFound', `${details.kind} "${details.name}" not found`, details);
}

export function conflict(details: ObjectName): KubernetesAnswer {
  const what = `Operation cannot be fulfilled on ${details.kind} "${details.name}"`;
  return failure(
    409,
    'Conflict',
    `${what}: the object has been modified; please apply your changes to the latest version and try again`,
    details,
  );
}

/** Instead of the right answer: another one, a connection that is cut, or no answer at all until `heal()`. */
export type KubernetesFault = KubernetesAnswer | 'disconnect' | 'hang';
