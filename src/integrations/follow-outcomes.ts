import type { BackendState, FollowOutcome } from '#runs/backend.ts';

/** What is remembered of work that is followed by asking, whichever system does it. */
export interface FollowedWork extends BackendState {
  /** Id of the work: known at once or found later. */
  readonly followed: string | null;
  /** Whether the action's run takes its status from the work. */
  readonly report: boolean;
  /** Refusals in a row that asking again does not cure. */
  readonly refusedTimes?: number;
}

/** Why the other side did not do what it was asked. */
export interface CallFailure {
  readonly message: string;
  /** `later`: not done and worth repeating; `unknown`: it may have been done; `refused`: asking again is pointless. */
  readonly worth: 'later' | 'unknown' | 'refused';
  readonly retryAfterMs?: number | undefined;
}

const quickFollowMs = 3_000;
export const slowFollowMs = 30_000;
/** Webhooks tell sooner; asking is for installations that the other side cannot reach. */
const quickAsks = 100;
/** Work that was started but never shows is given up after so many. */
export const asksForAppearance = 40;
/** What is new may not be known everywhere at the other side yet, and a token may be replaced. */
const refusalsPutUpWith = 5;
/** About five weeks, longer than any pipeline may take. */
const mostAsks = 100_000;

/** Until the next look: often at first, then now and then. */
export function nextLookMs(askedTimes: number): number {
  return askedTimes < quickAsks ? quickFollowMs : slowFollowMs;
}

/** Refused in a way that time does not cure; after some more looks the asking ends and the run says why. */
export function afterRefusal(state: FollowedWork, reason: string): FollowOutcome {
  const refusedTimes = (state.refusedTimes ?? 0) + 1;
  const backend = { ...state, refusedTimes };
  if (refusedTimes <= refusalsPutUpWith) return { outcome: 'again', afterMs: slowFollowMs, backend };
  // Webhooks may have it looked at again, which then adds nothing.
  if (refusedTimes > refusalsPutUpWith + 1) return { outcome: 'over' };
  return { ...noLongerFollowed(state, reason), backend };
}

export function afterFailure(state: FollowedWork, failure: CallFailure): FollowOutcome {
  if (failure.worth === 'refused') return afterRefusal(state, failure.message);
  return { outcome: 'again', afterMs: failure.retryAfterMs ?? slowFollowMs };
}

/** When nobody else sets the status, the run itself has to say that nobody watches. */
export function noLongerFollowed(state: FollowedWork, reason: string): FollowOutcome & { readonly outcome: 'over' } {
  return {
    outcome: 'over',
    log: [`${reason} Its status is not followed further.`],
    ...(state.report ? { statusLabel: 'No longer followed' } : {}),
  };
}

/** How a piece of work stands, in the words of the system that does it. */
export interface WorkSeen {
  readonly id: string;
  readonly url: string;
  readonly ended: boolean;
  readonly status?: 'SUCCESS' | 'FAILURE';
  readonly label: string;
}

/** What a look at the work means for the run. `details` is asked for the lines that explain a failure. */
export async function tellWork(
  state: FollowedWork,
  seen: WorkSeen,
  {
    link,
    askedTimes,
    what,
    details,
  }: {
    readonly link: unknown;
    readonly askedTimes: number;
    readonly what: string;
    readonly details: () => Promise<readonly string[]>;
  },
): Promise<FollowOutcome> {
  const { refusedTimes = 0, ...known } = state;
  const learnt = state.followed === null || refusedTimes > 0;
  const news = {
    ...(link === null ? { link: seen.url } : {}),
    ...(learnt ? { backend: { ...known, followed: seen.id } } : {}),
  };
  if (!seen.ended || seen.status === undefined) {
    if (askedTimes < mostAsks) return { outcome: 'again', afterMs: nextLookMs(askedTimes), ...news };
    return { ...noLongerFollowed(state, `The ${what} is still ${seen.label.toLowerCase()} after weeks.`), ...news };
  }
  if (!state.report) return { outcome: 'over', ...news };
  const lines = seen.status === 'FAILURE' ? await details() : [];
  return { outcome: 'ended', status: seen.status, ...news, log: [...lines, `The ${what} ended: ${seen.label}.`] };
}
