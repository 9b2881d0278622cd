import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Tx } from '#platform/db/handles.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { problem } from '#platform/problem.ts';
import type { SlackConnection } from './connection.ts';
import type { ChoiceRequest, Interaction, SlackSender } from './interaction.ts';
import { storeInteraction } from './interaction-store.ts';
import { type InteractionHandler, interactionQueue, type InteractionJob } from './jobs.ts';
import type { Inbound } from './parse-interaction.ts';

export interface IntakeParts {
  readonly core: Core;
  readonly secrets: SecretBox;
  readonly handlers: readonly InteractionHandler[];
  /** What to offer in a select; reads only. */
  readonly findChoices: (connection: SlackConnection, request: ChoiceRequest) => Promise<object>;
  readonly enqueue: <Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
  /** Says that jobs of a queue were committed. */
  readonly wake: (queue: string) => void;
}

/** Takes what Slack sent, whichever way it came. Answers what Slack is told at once, or null. */
export async function receiveInteraction(
  parts: IntakeParts,
  /** Those whose app this may come from. */
  candidates: readonly SlackConnection[],
  inbound: Inbound,
): Promise<object | null> {
  if (inbound.kind === 'challenge') return { challenge: inbound.challenge };
  if (inbound.kind === 'nothing') return null;
  if (inbound.kind === 'choices') {
    return parts.findChoices(connectionFor(candidates, inbound.request), inbound.request);
  }
  const { interaction } = inbound;
  const connection = connectionFor(candidates, interaction);
  const handler = parts.handlers.find((candidate) => candidate.accepts(interaction));
  const first = (await handler?.answer?.(connection, interaction)) ?? { reply: null, isRefused: false };
  if (!first.isRefused) await keep(parts, connection.orgId, interaction);
  return first.reply;
}

/** Organisations may share an app, so the workspace decides; one that was not asked for its workspace yet, may fit. */
function connectionFor(candidates: readonly SlackConnection[], { teamId }: SlackSender): SlackConnection {
  const found =
    candidates.find(({ workspace }) => workspace?.teamId === teamId) ??
    candidates.find(({ workspace }) => workspace === null);
  if (found === undefined) {
    throw problem('unauthenticated', 'wrong_workspace', 'This workspace is not connected here.');
  }
  return found;
}

async function keep({ core, secrets, ...parts }: IntakeParts, orgId: string, interaction: Interaction): Promise<void> {
  const isNew = await core.db.transaction().execute(async (tx) => {
    if (!(await storeInteraction(tx, secrets, { orgId, now: core.clock.now() }, interaction))) return false;
    await parts.enqueue<InteractionJob>(tx, interactionQueue, [{ data: { orgId, id: interaction.id } }]);
    return true;
  });
  if (isNew) parts.wake(interactionQueue);
}
