import { personById } from '#access/people-queries.ts';
import { may } from '#access/permissions.ts';
import { toUserActor } from '#access/person.ts';
import { nameOf } from '#approvals/approval-events.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound } from '#platform/problem.ts';
import { type AccountKey, lockAccount, storeRemoval } from './account-store.ts';

export interface AccountRemoval extends AccountKey {
  /** Whose it was when the caller looked; another's is left alone. */
  readonly person?: string | undefined;
}

/**
 * Takes a Slack account from whom it is tied to: themselves or an administrator does. What it presses is nobody's from
 * then on, and its verified address ties it to nobody, until somebody links it on purpose.
 */
export async function removeAccount(ctx: WriteContext, { person, ...key }: AccountRemoval): Promise<void> {
  const { orgId } = ctx.actor;
  const before = await lockAccount(ctx, key);
  const isTheirs = before !== null && before !== 'removed' && (person ?? before.personId) === before.personId;
  if (!isTheirs || !(before.personId === ctx.actor.id || may(ctx.actor, 'organisation.manage'))) {
    throw notFound('slackAccount', `${key.teamId}/${key.userId}`);
  }
  const whose = await personById(ctx.db, orgId, before.personId);
  const personName = whose === null ? before.personId : nameOf(toUserActor(whose));
  await storeRemoval(ctx, { key, personName, removedByName: nameOf(ctx.actor) });
  ctx.emit({
    kind: 'slack.person-unlinked',
    resource: 'user',
    action: 'DELETE',
    subject: `slack-identity:${key.teamId}/${key.userId}`,
    context: { user: before.personId, slackTeam: key.teamId, slackUser: key.userId },
    before: { person: before.personId, proof: before.proof },
    after: null,
  });
}
