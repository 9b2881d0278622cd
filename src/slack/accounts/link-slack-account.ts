import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { type AccountState, lockAccount, type NewTie, storeTie } from './account-store.ts';

export interface FoundTie extends NewTie {
  /** What was known before Slack was asked. */
  readonly known: AccountState;
}

/** Keeps what Slack said of somebody. False when the account was tied to somebody else or removed meanwhile. */
export const tieFoundAccount = maybeSilent(async function tieFoundAccount(
  ctx: WriteContext,
  { known, ...tie }: FoundTie,
): Promise<boolean> {
  const before = await lockAccount(ctx, tie.key);
  if (before === 'removed' || !(isSame(before, tie) || isSame(before, known))) return false;
  await tieAccount(ctx, before, tie);
  return true;
});

type Whose = Pick<NewTie, 'personId' | 'proof'>;

function isSame(one: AccountState, other: Whose | 'removed' | null): boolean {
  if (one === null || other === null || one === 'removed' || other === 'removed') return one === other;
  return one.personId === other.personId && one.proof === other.proof;
}

/** Announces only who somebody is now; that Slack was asked once more is no change. */
export async function tieAccount(ctx: WriteContext, before: AccountState, tie: NewTie): Promise<void> {
  const { personId, proof } = tie;
  const { teamId, userId } = tie.key;
  await storeTie(ctx, tie);
  if (isSame(before, tie)) return;
  const known = before === 'removed' ? null : before;
  ctx.emit({
    kind: 'slack.person-linked',
    resource: 'user',
    action: known === null ? 'CREATE' : 'UPDATE',
    subject: `slack-identity:${teamId}/${userId}`,
    context: { user: personId, slackTeam: teamId, slackUser: userId },
    before: known === null ? null : { person: known.personId, proof: known.proof },
    after: { person: personId, proof },
  });
}
