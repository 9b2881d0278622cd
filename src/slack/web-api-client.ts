import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { isUndecided, slackErrorCode } from './slack-errors.ts';
import { bodyObject, callFailure, retryAfterMs, type SlackHttp } from './slack-http.ts';

export interface SlackAccount {
  readonly token: string;
  /** Default `https://slack.com/api`. */
  readonly apiUrl?: string | undefined;
}

export type SlackArguments = Readonly<Record<string, string | number | boolean | object | null | undefined>>;

export type SlackAnswer =
  | { readonly ok: true; readonly json: JsonObject; readonly scopes: readonly string[] | null }
  | {
      readonly ok: false;
      /** Slack's own code, `ratelimited`, `unreachable` or `no_answer`. */
      readonly error: string;
      /** A scope that Slack asked for. */
      readonly needed?: string;
      readonly retryAfterMs?: number;
      /** The call may have had its effect all the same. */
      readonly mayHaveArrived: boolean;
      /** Why there is no answer, in words without addresses or tokens. */
      readonly reason?: string;
    };

const timeoutMs = 15_000;

/** Calls one method of Slack's Web API. Never throws for what Slack or the network does. */
export async function callSlack(
  http: SlackHttp,
  account: SlackAccount,
  method: string,
  args: SlackArguments = {},
): Promise<SlackAnswer> {
  try {
    const answer = await http({
      method: 'POST',
      url: slackMethodUrl(account, method),
      headers: {
        // Reading methods take form fields, and many of them ignore JSON; fields that are objects travel as JSON.
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Bearer ${account.token}`,
      },
      body: formFields(args),
      timeoutMs,
    });
    if (answer.status === 429) return limited(retryAfterMs(answer));
    const json = bodyObject(answer);
    if (json?.['ok'] === true) return { ok: true, json, scopes: scopesOf(answer.headers['x-oauth-scopes']) };
    const error = slackErrorCode(json?.['error'], answer.status);
    if (error === 'ratelimited') return limited(retryAfterMs(answer));
    const needed = json?.['needed'];
    const unclear = answer.status >= 500 || isUndecided(error) || (json === undefined && answer.status < 400);
    return {
      ok: false,
      error,
      mayHaveArrived: unclear,
      ...(typeof needed === 'string' && /^[a-z:.,_]+$/.test(needed) ? { needed } : {}),
    };
  } catch (failure) {
    const { reason, mayHaveArrived } = callFailure(failure);
    return { ok: false, error: mayHaveArrived ? 'no_answer' : 'unreachable', reason, mayHaveArrived };
  }
}

function limited(afterMs: number): SlackAnswer {
  return { ok: false, error: 'ratelimited', retryAfterMs: afterMs, mayHaveArrived: false };
}

function formFields(args: SlackArguments): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined || value === null) continue;
    fields.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return fields.toString();
}

function scopesOf(header: string | undefined): readonly string[] | null {
  if (header === undefined) return null;
  return header
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => /^[a-z:._]+$/.test(scope));
}

export function slackMethodUrl({ apiUrl }: Pick<SlackAccount, 'apiUrl'>, method: string): string {
  return `${(apiUrl ?? 'https://slack.com/api').replace(/\/+$/, '')}/${method}`;
}

/** The objects of a list in an answer; anything else in it is left out. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
