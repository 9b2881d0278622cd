import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { SlackConnection } from './connection.ts';
import type { SlackConnections } from './connection-store.ts';
import type { Interaction } from './interaction.ts';
import { closeInteraction, openInteraction } from './interaction-store.ts';

export const interactionQueue = 'slack-interaction';

export interface InteractionJob {
  readonly orgId: string;
  readonly id: string;
}

/** Does what one kind of click, command or event asks for. May be run twice for one interaction. */
export interface InteractionHandler {
  readonly accepts: (interaction: Interaction) => boolean;
  /** A word on what came of it, for the records. */
  readonly handle: (connection: SlackConnection, interaction: Interaction) => Promise<string>;
}

export interface InteractionJobParts {
  readonly core: Core;
  readonly secrets: SecretBox;
  readonly connections: SlackConnections;
  readonly handlers: readonly InteractionHandler[];
}

export function interactionJobs(parts: InteractionJobParts): readonly JobHandler[] {
  return [
    jobHandler<InteractionJob>({
      queue: interactionQueue,
      concurrency: 16,
      run: async (job) => handleInteraction(parts, job),
    }),
  ];
}

async function handleInteraction(parts: InteractionJobParts, { orgId, id }: InteractionJob): Promise<void> {
  const { core, secrets } = parts;
  const interaction = await openInteraction(core.db, secrets, orgId, id);
  if (interaction === null) return;
  const connection = await parts.connections.of(orgId);
  const handler = parts.handlers.find((candidate) => candidate.accepts(interaction));
  const outcome =
    connection === null || handler === undefined ? 'ignored' : await handler.handle(connection, interaction);
  await closeInteraction(core.db, { orgId, id, outcome, now: core.clock.now() });
}
