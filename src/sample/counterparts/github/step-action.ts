import type { FetchLike } from '../fetch-like.ts';

/** What `uses:` names: inputs by lower-case name, evaluated. */
export type StepAction = (inputs: StepInputs, context: StepContext) => Promise<StepResult>;

export type StepInputs = Readonly<Record<string, string>>;

export interface StepContext {
  /** Where Quayside answers, without a slash at the end. */
  readonly quaysideUrl: string;
  readonly fetch: FetchLike;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Adds a line to the job's log. */
  log(line: string): void;
}

export interface StepResult {
  readonly conclusion: 'success' | 'failure';
  readonly outputs?: Readonly<Record<string, string>>;
}

/** Actions by what `uses:` says before the `@`. The longest matching name wins: `owner/repo/path` before `owner/repo`. */
export type StepActions = Readonly<Record<string, StepAction>>;

export function findStepAction(actions: StepActions, uses: string): StepAction | undefined {
  const [name = ''] = uses.split('@');
  const names = Object.keys(actions).filter((known) => name === known || name.startsWith(`${known}/`));
  const longest = names.toSorted((left, right) => right.length - left.length)[0];
  return longest === undefined ? undefined : actions[longest];
}
