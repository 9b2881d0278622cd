import { identityRefusal } from '../blocks/identity-refusal.ts';
import { identifyPerson, type IdentityParts } from '../identify-person.ts';
import { linkFor } from '../admit-sender.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type HomeJob, homeQueue, type InteractionHandler } from '../jobs.ts';
import { isPassing } from '../slack-errors.ts';
import { noteHome, remarkHome } from './home-store.ts';
import { type HomeParts, publish, publishHome } from './publish-home.ts';

export interface OpenHomeParts extends HomeParts, IdentityParts {
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

/** Shows somebody their home tab when they open it; whoever is not known here finds out what to do there. */
export function openHomeHandler(parts: OpenHomeParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'event' && interaction.event['type'] === 'app_home_opened',
    async handle(connection, interaction) {
      if (interaction.kind !== 'event' || interaction.event['tab'] === 'messages') return 'ignored';
      const identified = await identifyPerson(parts, connection, interaction);
      if (!identified.known) {
        const { refusal, needed } = identified;
        const linkUrl = await linkFor(parts, connection, interaction, identified);
        const { blocks } = identityRefusal({ refusal, needed, linkUrl }, connection.language);
        await publish(parts, connection, interaction.userId, { type: 'home', blocks });
        return refusal;
      }
      const { orgId } = connection;
      const key = { orgId, teamId: interaction.teamId, slackUserId: interaction.userId };
      const home = await noteHome(parts.core.db, key, identified.person.id, parts.core.clock.now());
      const answer = await publishHome(parts, connection, home);
      if (answer !== null && !answer.ok && isPassing(answer.error)) {
        await remarkHome(parts.core.db, home, parts.core.clock.now());
        await parts.enqueueNow<HomeJob>(homeQueue, [{ data: { orgId } }]);
      }
      return answer === null ? 'unchanged' : answer.ok ? 'published' : answer.error;
    },
  };
}
