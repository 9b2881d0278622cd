/** Why a request was refused. Each door has one table from kind to its own reply (HTTP status, Slack text, exit code). */
export type ProblemKind =
  | 'bad-request'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'stale'
  | 'too-large'
  | 'limited'
  | 'unavailable';

/** An expected refusal, safe to show: a stable code, words for a person, and details that name the field. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(kind: ProblemKind, code: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

export function problem(
  kind: ProblemKind,
  code: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Problem {
  return new Problem(kind, code, message, details);
}

/** Port's 404: `<Resource> with identifier "<value>" was not found`, with the keys clients read. */
export function notFound(resource: string, value: string, context: Readonly<Record<string, unknown>> = {}): Problem {
  const label = resource.charAt(0).toUpperCase() + resource.slice(1);
  return new Problem('not-found', 'not_found', `${label} with identifier "${value}" was not found`, {
    resource,
    byField: 'identifier',
    withValue: value,
    ...context,
  });
}

/** Port's 409 for a name that somebody else's thing already has, with the keys clients read. */
export function identifierTaken(
  message: string,
  taken: { readonly resource: string; readonly byField: string; readonly withValue: string },
): Problem {
  return new Problem('conflict', 'identifier_taken', message, taken);
}

/** Port's 403, telling whom to ask. */
export function missingPermission(what: string): Problem {
  return new Problem(
    'forbidden',
    'missing_permissions',
    `You may not ${what}. Ask an administrator of your organisation for access.`,
  );
}
