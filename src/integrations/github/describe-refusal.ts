import { mostWorkflowInputCharacters, mostWorkflowInputs } from './contract.ts';
import type { GitHubFailure } from './github-errors.ts';

/** An answer of GitHub's that is not a success. */
export interface GitHubRefusal {
  readonly status: number;
  /** GitHub's own words, from the body. */
  readonly message: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** What was being done, for the words and for what a broken answer means. */
export interface GitHubTask {
  readonly org: string;
  readonly repo: string;
  /** Completes "Could not …". */
  readonly doing: string;
  /** A repetition would do it a second time. */
  readonly changesSomething: boolean;
  readonly workflow?: string | undefined;
  readonly ref?: string | undefined;
}

/** GitHub asks to wait at least a minute when it limits without saying for how long. */
const unstatedLimitMs = 60_000;

/** Turns GitHub's refusal into a failure that says what to check. */
export function describeRefusal(refusal: GitHubRefusal, task: GitHubTask, nowMs: number): GitHubFailure {
  const { status } = refusal;
  const wait = limitWait(refusal, nowMs);
  if (wait !== undefined) {
    const seconds = Math.ceil(wait / 1000);
    return {
      reason: 'rate-limited',
      status,
      retryAfterMs: wait,
      message: `Could not ${task.doing}: GitHub's rate limit for these credentials is used up. It may be asked again in ${seconds} s.`,
    };
  }
  if (status === 401) {
    return {
      reason: 'unauthorized',
      status,
      message: `Could not ${task.doing}: GitHub does not accept the credentials. The token may have expired or been revoked; set a new one.`,
    };
  }
  if (status === 404) return { reason: 'not-found', status, message: explainMissing(task) };
  if (status >= 300 && status < 400) return { reason: 'rejected', status, message: movedMessage(task) };
  if (status >= 500) {
    return task.changesSomething && status !== 503
      ? {
          reason: 'unknown',
          status,
          message: `Asked to ${task.doing}, GitHub answered ${status}, which leaves open whether it did.`,
        }
      : {
          reason: 'unavailable',
          status,
          message: `Could not ${task.doing}: GitHub is not available at the moment (${status}).`,
        };
  }
  const advice = adviceFor(refusal, task);
  return {
    reason: status === 403 && advice.aboutCredentials ? 'unauthorized' : 'rejected',
    status,
    message: `Could not ${task.doing}: ${saidByGitHub(refusal.message)} ${advice.text}`.trim(),
  };
}

/** Told both by a redirect that was not followed and by one that arrived as an answer. */
export function movedMessage(task: GitHubTask): string {
  return `Could not ${task.doing}: the repository ${task.org}/${task.repo} has moved. Use its present organisation and name.`;
}

/** How long to wait when the refusal is the primary or a secondary rate limit; undefined when it is something else. */
function limitWait(refusal: GitHubRefusal, nowMs: number): number | undefined {
  if (refusal.status !== 403 && refusal.status !== 429) return undefined;
  const retryAfter = Number(refusal.headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(retryAfter) && retryAfter >= 0) return retryAfter * 1000;
  if (String(refusal.headers['x-ratelimit-remaining'] ?? '') === '0') {
    // GitHub's clock, where it tells it: the reset time is an instant of that clock.
    const stated = Date.parse(String(refusal.headers['date'] ?? ''));
    const reset = Number(refusal.headers['x-ratelimit-reset'] ?? Number.NaN) * 1000;
    if (Number.isFinite(reset)) return Math.max(1000, reset - (Number.isNaN(stated) ? nowMs : stated) + 1000);
  }
  const limited = refusal.status === 429 || /rate limit|abuse detection/i.test(refusal.message);
  return limited ? unstatedLimitMs : undefined;
}

function explainMissing(task: GitHubTask): string {
  const place = `${task.org}/${task.repo}`;
  const checks =
    task.workflow === undefined
      ? [`that ${place} exists`, 'that the credentials may see it']
      : [
          `that ${place} exists`,
          `that the file .github/workflows/${task.workflow} is on its default branch`,
          'that the credentials may see the repository and have the permission "Actions: read and write"',
        ];
  const what = task.workflow === undefined ? '' : ` with a workflow "${task.workflow}"`;
  return `Could not ${task.doing}: GitHub knows no repository ${place}${what}, or hides it. Check ${listed(checks)}.`;
}

function adviceFor(refusal: GitHubRefusal, task: GitHubTask): { text: string; aboutCredentials: boolean } {
  const said = refusal.message;
  const file = task.workflow === undefined ? 'the workflow file' : `.github/workflows/${task.workflow}`;
  const rules: readonly (readonly [RegExp, string, boolean?])[] = [
    [
      /unexpected inputs/i,
      `Declare these inputs under on.workflow_dispatch.inputs in ${file}, or remove them from the action.`,
    ],
    [/required input|missing required/i, `Add the input to the action, or give it a default in ${file}.`],
    [
      /not in the list of allowed|invalid value for input|provided value/i,
      `Compare the value with the options and types that ${file} declares.`,
    ],
    [
      /no ref found/i,
      `${task.ref === undefined ? 'The branch' : `The branch or tag "${task.ref}"`} does not exist there. Set the input "ref" of the action, for example to the default branch.`,
    ],
    [
      /does not have.*workflow_dispatch/i,
      `Add "workflow_dispatch" under "on" in ${file}, on the branch that is run and on the default branch.`,
    ],
    [
      /disabled workflow|workflow is not active|workflow is disabled/i,
      "Enable the workflow in the repository's Actions tab.",
    ],
    [
      /inputs? (is|are) too large|too large/i,
      `GitHub takes at most ${mostWorkflowInputCharacters} characters of inputs. Send less, for example without the payload.`,
    ],
    [
      /up to \d+|maximum|too many/i,
      `GitHub takes at most ${mostWorkflowInputs} inputs; older versions of GitHub Enterprise Server take 10.`,
    ],
    [
      /not accessible|must have|permission|forbidden|sso|saml/i,
      'Give the credentials the repository permission "Actions: read and write".',
      true,
    ],
    [/archived/i, 'An archived repository runs no workflows.'],
  ];
  for (const [pattern, text, aboutCredentials = false] of rules) {
    if (pattern.test(said)) return { text, aboutCredentials };
  }
  return { text: '', aboutCredentials: false };
}

function saidByGitHub(message: string): string {
  const text = message.trim().slice(0, 500);
  return text === '' ? 'GitHub refuses and gives no reason.' : `GitHub says "${text}".`;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
