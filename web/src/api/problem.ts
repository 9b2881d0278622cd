/** A refused or failed request, in words a person can act on. */
export class RequestProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;

  constructor(answer: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>>;
    readonly requestId?: string | undefined;
  }) {
    super(answer.message);
    this.name = 'RequestProblem';
    this.status = answer.status;
    this.code = answer.code;
    this.details = answer.details ?? {};
    this.requestId = answer.requestId;
  }
}

export const isProblem = (error: unknown): error is RequestProblem => error instanceof RequestProblem;

/** True for a request that never reached the server. */
export const isOffline = (error: unknown): boolean => isProblem(error) && error.status === 0;

/**
 * Reads messages per field out of a refusal's details. The server names a field either as
 * `details.errors[].property` (an input of an action), as `details.errors[].path` ("properties.region" or
 * "/properties/region") or as `details.fields`.
 */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!isProblem(error)) return {};
  const found: Record<string, string> = {};
  const { errors, fields } = error.details;
  if (Array.isArray(errors)) {
    for (const one of errors as { property?: unknown; path?: unknown; instancePath?: unknown; message?: unknown }[]) {
      const path = one.path ?? one.instancePath;
      const last = typeof path === 'string' ? path.split(/[./]/).findLast(Boolean) : undefined;
      const name = typeof one.property === 'string' ? one.property : last;
      if (name !== undefined && typeof one.message === 'string') found[name] = one.message;
    }
  }
  if (typeof fields === 'object' && fields !== null) {
    for (const [name, message] of Object.entries(fields)) if (typeof message === 'string') found[name] = message;
  }
  return found;
}
