import { createHash } from 'node:crypto';
import type { Core } from '#platform/core.ts';
import { isJsonObject } from '#platform/json.ts';
import type { SlackConnection } from '../connection.ts';
import type { SlackConnections } from '../connection-store.ts';
import { isPassing, slackErrorMessage } from '../slack-errors.ts';
import type { SlackHttp } from '../slack-http.ts';
import { callSlack, objectsOf, textOf } from '../web-api-client.ts';
import { recordListingError, type SlackChannel, storeChannels } from './channel-store.ts';

export interface ListingParts {
  readonly core: Core;
  readonly http: SlackHttp;
  readonly connections: SlackConnections;
}

const pageSize = 500;
/** Slack answers about twenty pages a minute; more channels than these are not offered, and can be typed. */
const pageLimit = 20;
const bothKinds = 'public_channel,private_channel';

/** Names the connection whose channels were listed, without giving its token away. */
export function listSource({ botToken, apiUrl }: SlackConnection): string {
  return createHash('sha256')
    .update(JSON.stringify([botToken, apiUrl]))
    .digest('base64url');
}

/** Asks Slack for the channels of an organisation's workspace. Answers after how long to ask again, or null. */
export async function listChannels(parts: ListingParts, orgId: string): Promise<number | null> {
  const { db, clock } = parts.core;
  const connection = await parts.connections.of(orgId);
  if (connection === null || connection.botToken === null) return null;
  const listed = await allPages(parts, connection, bothKinds);
  // Without the scope for private channels there are still the public ones.
  const answer =
    'error' in listed && listed.error === 'missing_scope'
      ? await allPages(parts, connection, 'public_channel')
      : listed;
  if ('channels' in answer) {
    await storeChannels(db, { orgId, now: clock.now() }, answer.channels);
    return null;
  }
  await recordListingError(db, orgId, answer.reason ?? slackErrorMessage(answer.error));
  return isPassing(answer.error) ? (answer.retryAfterMs ?? 60_000) : null;
}

type Listing =
  | { readonly channels: readonly SlackChannel[] }
  | {
      readonly error: string;
      readonly reason?: string | undefined;
      readonly retryAfterMs?: number | undefined;
    };

async function allPages({ http }: ListingParts, connection: SlackConnection, types: string): Promise<Listing> {
  const { botToken: token, apiUrl } = connection;
  const channels: SlackChannel[] = [];
  let cursor = '';
  for (let page = 0; page < pageLimit; page += 1) {
    const args = { types, exclude_archived: true, limit: pageSize, ...(cursor === '' ? {} : { cursor }) };
    const answer = await callSlack(http, { token: token ?? '', apiUrl }, 'conversations.list', args);
    if (!answer.ok) return answer;
    channels.push(...objectsOf(answer.json['channels']).flatMap(asChannel));
    const metadata = answer.json['response_metadata'];
    cursor = isJsonObject(metadata) ? textOf(metadata['next_cursor']) : '';
    if (cursor === '') break;
  }
  return { channels };
}

function asChannel(channel: Readonly<Record<string, unknown>>): readonly SlackChannel[] {
  const [id, name] = [textOf(channel['id']), textOf(channel['name'])];
  if (id === '' || name === '' || channel['is_archived'] === true) return [];
  return [{ id, name, isPrivate: channel['is_private'] === true, isMember: channel['is_member'] === true }];
}
