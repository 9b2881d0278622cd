import { postMessage } from './post-message.ts';
import type { PostOutcome, SlackHttp, SlackTransport } from './slack-http.ts';
import type { SlackMessage } from './slack-message.ts';

export interface PostingParts {
  readonly http: SlackHttp;
  readonly wait: (milliseconds: number) => Promise<void>;
}

export interface Posting {
  readonly transport: SlackTransport;
  readonly messages: readonly SlackMessage[];
  /** Names this posting for ever; its messages are `<key>:1`, `<key>:2`, …. */
  readonly key: string;
  /** When an earlier attempt began whose outcome was never learnt; what it posted is not posted again. */
  readonly earlierAttemptAt: Date | null;
  readonly now: Date;
}

/** How far it came: `posted` messages stand in the channel, and `outcome` is what became of the one after them. */
export interface PostingResult {
  readonly posted: number;
  readonly outcome: PostOutcome | null;
}

/** All waiting for Slack's rate limit together; a job has to end before it counts as lost. */
const waitingLimitMs = 90_000;
const lookUps = 2;
const lookUpAfterMs = 1_500;

/** Posts messages in order, waits when Slack asks to, and stops at the first one that cannot be posted for certain. */
export async function postMessages(parts: PostingParts, posting: Posting): Promise<PostingResult> {
  const allowance = { waitMs: waitingLimitMs };
  for (const [posted, message] of posting.messages.entries()) {
    const outcome = await postOne(parts, posting, { message, key: `${posting.key}:${posted + 1}` }, allowance);
    if (outcome.outcome !== 'posted') return { posted, outcome };
  }
  return { posted: posting.messages.length, outcome: null };
}

async function postOne(
  { http, wait }: PostingParts,
  { transport, earlierAttemptAt, now }: Posting,
  named: { readonly message: SlackMessage; readonly key: string },
  allowance: { waitMs: number },
): Promise<PostOutcome> {
  let attemptedAt = earlierAttemptAt;
  let looks = 0;
  for (;;) {
    const earlier = attemptedAt === null ? {} : { mayBePosted: true, attemptedAt: attemptedAt.getTime() };
    const outcome = await postMessage(http, { transport, ...named, ...earlier });
    const retryAfterMs = outcome.outcome === 'refused' ? outcome.retryAfterMs : undefined;
    if (retryAfterMs !== undefined && retryAfterMs <= allowance.waitMs) {
      allowance.waitMs -= retryAfterMs;
      await wait(retryAfterMs);
    } else if (outcome.outcome === 'unknown' && transport.kind === 'bot' && looks < lookUps) {
      // A bot can look whether its message arrived.
      looks += 1;
      attemptedAt ??= now;
      await wait(lookUpAfterMs);
    } else {
      return outcome;
    }
  }
}
