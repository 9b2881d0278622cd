/** Why an expression gave no value. `aborted`: the engine itself gave up, usually out of memory. */
export type JqFailureReason = 'compile' | 'runtime' | 'timeout' | 'too-large' | 'aborted';

/**
 * The message is jq's own and may quote values of the input: show it to someone who may see the input,
 * never put it into a log or a stored error (`describeJqFailure` gives the words for those).
 */
export interface JqFailure {
  readonly ok: false;
  readonly reason: JqFailureReason;
  readonly message: string;
}

/** The first output of a program; `value` is undefined when there was none (`empty`). */
export type JqResult = { readonly ok: true; readonly value: unknown } | JqFailure;

export type JqVerdict = { readonly ok: true } | { readonly ok: false; readonly message: string };

export function jqFailure(reason: JqFailureReason, message: string): JqFailure {
  return { ok: false, reason, message };
}
