import { Problem, type ProblemKind } from '../problem.ts';

export interface ErrorReply {
  readonly status: number;
  readonly body: { readonly ok: false; readonly error: string; readonly message: string; readonly details: object };
  readonly headers: Readonly<Record<string, string>>;
  /** A bug of ours rather than a refusal: log it. */
  readonly unexpected: boolean;
}

const statusOfKind: Readonly<Record<ProblemKind, number>> = {
  'bad-request': 400,
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  stale: 412,
  'too-large': 413,
  limited: 429,
  unavailable: 503,
};

interface ValidationFault {
  readonly validation: readonly {
    readonly instancePath?: string;
    readonly message?: string;
    readonly params?: object;
  }[];
  readonly validationContext?: string;
}

/** One table from what went wrong to Port's envelope. */
export function errorReply(error: unknown, requestId: string): ErrorReply {
  if (error instanceof Problem) {
    const retryAfter = error.details?.['retryAfterSeconds'];
    return {
      status: statusOfKind[error.kind],
      body: { ok: false, error: error.code, message: error.message, details: error.details ?? {} },
      headers: typeof retryAfter === 'number' ? { 'retry-after': String(retryAfter) } : {},
      unexpected: false,
    };
  }
  if (isValidationFault(error)) return invalidRequest(error);
  const code = errorCode(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return refusal(413, 'bad_request', 'The request body is larger than this route takes.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return refusal(422, 'invalid_request', 'Send the body as application/json.');
  }
  if (error instanceof SyntaxError || code.startsWith('FST_ERR_CTP')) {
    return refusal(400, 'bad_request', 'The request body is not valid JSON.');
  }
  if (code === 'FST_ERR_BAD_URL') return refusal(400, 'bad_request', 'The address of the request cannot be decoded.');
  if (code === 'FST_ERR_MAX_PARAM_LENGTH')
    return refusal(414, 'bad_request', 'The address of the request is too long.');
  return {
    ...refusal(500, 'internal_error', `Something went wrong here. It was recorded as ${requestId}.`),
    unexpected: true,
  };
}

function refusal(status: number, error: string, message: string, details: object = {}): ErrorReply {
  return { status, body: { ok: false, error, message, details }, headers: {}, unexpected: false };
}

function invalidRequest(fault: ValidationFault): ErrorReply {
  const where = fault.validationContext ?? 'body';
  const errors = fault.validation.map((item) => ({
    in: where,
    path: item.instancePath ?? '',
    message: item.message ?? 'is not valid',
    ...('additionalProperty' in (item.params ?? {})
      ? { field: (item.params as { additionalProperty: string }).additionalProperty }
      : {}),
  }));
  const first = errors[0];
  const field = first === undefined ? where : `${where}${first.path.replaceAll('/', '.')}`;
  const extra = first !== undefined && 'field' in first ? ` ("${first.field}")` : '';
  return refusal(422, 'invalid_request', `${field} ${first?.message ?? 'is not valid'}${extra}`, { errors });
}

function isValidationFault(error: unknown): error is ValidationFault {
  return typeof error === 'object' && error !== null && 'validation' in error && Array.isArray(error.validation);
}

function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
