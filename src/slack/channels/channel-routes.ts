import { Type } from 'typebox';
import { authorize, may } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { ok, type Reply, route, type Route } from '#platform/http/route.ts';
import type { SlackConnection } from '../connection.ts';
import type { SlackConnections } from '../connection-store.ts';
import { type ChannelJob, channelQueue } from '../jobs.ts';
import type { ReadWorkspace } from '../read-workspace.ts';
import { channelList, claimListing, findChannels } from './channel-store.ts';
import { listSource } from './list-channels.ts';

export interface ChannelRouteParts {
  readonly core: Core;
  readonly connections: SlackConnections;
  readonly readWorkspace: ReadWorkspace;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

const defaultLimit = 20;
/** Older lists are shown and renewed. */
const freshMs = 10 * 60_000;
const query = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});

/** Channels to choose from: what Slack listed last, renewed by a job when it is old. */
export function channelRoutes(parts: ChannelRouteParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/integrations/slack/channels',
      summary: 'Find Slack channels by their name, and whether the app can post there',
      tag: 'Slack',
      access: 'known',
      request: { query },
      statuses: [403],
      handle: async ({ actor, query: { q: text = '', limit = defaultLimit } }) => {
        authorize(actor, 'catalog.read');
        const connection = await parts.connections.of(actor.orgId);
        if (connection === null || connection.botToken === null || connection.mode === 'webhook') return nowhere;
        const listing = await renewed(parts, connection);
        const withPrivate = may(actor, 'organisation.manage');
        const channels = await findChannels(parts.core.db, actor.orgId, { text, withPrivate, limit });
        const mayJoin = connection.workspace?.scopes?.includes('chat:write.public') === true;
        const told = channels.map((channel) => ({
          ...channel,
          canPost: channel.isMember || (!channel.isPrivate && mayJoin),
        }));
        return ok({ searchable: true, ...listing, channels: listing.listedAt === null ? [] : told });
      },
    }),
  ];
}

/** An incoming webhook has its own channel, and asks Slack nothing. */
const nowhere: Reply = ok({ searchable: false, listedAt: null, refreshing: false, error: null, channels: [] });

interface Listing {
  readonly listedAt: Date | null;
  /** Slack is being asked: there may be more in a moment. */
  readonly refreshing: boolean;
  readonly error: string | null;
}

async function renewed({ core, enqueueNow }: ChannelRouteParts, connection: SlackConnection): Promise<Listing> {
  const { orgId } = connection;
  const now = core.clock.now();
  const source = listSource(connection);
  const known = await channelList(core.db, orgId, source);
  const listedAt = known?.listedAt ?? null;
  const error = known?.error ?? null;
  if (listedAt !== null && now.getTime() - listedAt.getTime() < freshMs) return { listedAt, refreshing: false, error };
  if (await claimListing(core.db, orgId, source, now)) {
    await enqueueNow<ChannelJob>(channelQueue, [{ data: { orgId } }]);
    return { listedAt, refreshing: true, error: null };
  }
  return { listedAt, refreshing: error === null, error };
}
