import { toUserActor } from '#access/person.ts';
import { getApproval } from '#approvals/approval-queries.ts';
import type { ExecuteParts } from '#actions/execute-action.ts';
import type { UserActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { Db } from '#platform/db/handles.ts';
import { Problem } from '#platform/problem.ts';
import { findExecution, listExecutions } from '#pipelines/execution-queries.ts';
import { findApplication, pipelinesOf } from '#pipelines/pipeline-queries.ts';
import { findRun } from '#runs/run-queries.ts';
import { getScorecard } from '#scorecards/scorecard-queries.ts';
import { linkPreview, type LinkTarget } from '../blocks/link-preview.ts';
import type { SlackConnection } from '../connection.ts';
import { identifyPerson, type IdentityParts } from '../identify-person.ts';
import type { EventInteraction } from '../interaction.ts';
import type { InteractionHandler } from '../jobs.ts';
import { callSlack, objectsOf, textOf } from '../web-api-client.ts';

export interface PreviewParts extends IdentityParts {
  readonly core: Core;
  readonly actions: ExecuteParts;
}

/** As many links of one message are looked at. */
const linkLimit = 5;

/**
 * Previews links of this installation. Everybody in the channel sees a preview, so it shows only what both the person
 * who shared it and any member without a team may see; none in channels shared with other companies, and none for
 * whoever is not known here.
 */
export function previewHandler(parts: PreviewParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'event' && interaction.event['type'] === 'link_shared',
    async handle(connection, interaction) {
      if (interaction.kind !== 'event' || interaction.isShared) return 'ignored';
      const urls = objectsOf(interaction.event['links']).map((link) => textOf(link['url']));
      const known = urls.slice(0, linkLimit).filter((url) => placeOf(parts.core.publicUrl, url) !== null);
      if (known.length === 0) return 'ignored';
      const identified = await identifyPerson(parts, connection, interaction);
      if (!identified.known) return identified.refusal;
      const previews = await previewsOf(parts, connection, toUserActor(identified.person), known);
      return Object.keys(previews).length === 0 ? 'nothing to show' : unfurl(parts, connection, interaction, previews);
    },
  };
}

type Previews = Readonly<Record<string, { readonly blocks: readonly object[] }>>;

async function previewsOf(
  parts: PreviewParts,
  { language }: SlackConnection,
  sharer: UserActor,
  urls: readonly string[],
): Promise<Previews> {
  const { publicUrl } = parts.core;
  const found: [string, { readonly blocks: readonly object[] }][] = [];
  for (const url of urls) {
    const target = await readTarget(parts, sharer, url);
    if (target !== null) found.push([url, { blocks: linkPreview(target, { url, publicUrl, language }) }]);
  }
  return Object.fromEntries(found);
}

/** Sees what every member sees. */
function anybody(orgId: string): UserActor {
  const nobody = { id: 'nobody', email: '', firstName: '', lastName: '' };
  return { kind: 'user', orgId, ...nobody, roles: ['Member'], teams: [] };
}

async function readTarget(parts: PreviewParts, sharer: UserActor, url: string): Promise<LinkTarget | null> {
  const place = placeOf(parts.core.publicUrl, url);
  if (place === null) return null;
  try {
    if ((await readPlace(parts, sharer, place)) === null) return null;
    return await readPlace(parts, anybody(sharer.orgId), place);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

interface Place {
  readonly kind: LinkTarget['kind'];
  readonly blueprint: string;
  readonly id: string;
}

const owned: Readonly<Record<string, LinkTarget['kind']>> = { catalog: 'entity', scorecards: 'scorecard' };
const single: Readonly<Record<string, LinkTarget['kind']>> = {
  runs: 'run',
  approvals: 'approval',
  executions: 'execution',
  applications: 'application',
};

/** What a link of the portal leads to; null for every other address. */
function placeOf(publicUrl: string, url: string): Place | null {
  const address = URL.parse(url);
  if (address === null || address.origin !== URL.parse(publicUrl)?.origin) return null;
  if (address.pathname === '/organization/run') {
    return whole({ kind: 'run', blueprint: '', id: address.searchParams.get('runId') ?? '' });
  }
  const [area = '', ...names] = address.pathname.split('/').slice(1).map(decoded);
  const [first = '', second = ''] = names;
  const kind = (names.length === 2 ? owned : names.length === 1 ? single : {})[area];
  if (kind === undefined || names.includes('')) return null;
  return whole(names.length === 2 ? { kind, blueprint: first, id: second } : { kind, blueprint: '', id: first });
}

/** Nothing is called by a name that no row can hold. */
function whole(place: Place): Place | null {
  return place.blueprint.includes('\0') || place.id.includes('\0') ? null : place;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function readPlace(
  { core: { db }, actions }: PreviewParts,
  actor: UserActor,
  { kind, blueprint, id }: Place,
): Promise<LinkTarget | null> {
  if (kind === 'entity') {
    const entity = await actions.readEntity(actor, blueprint, id);
    return entity === null ? null : { kind, blueprint, entity };
  }
  if (kind === 'run') {
    const run = await findRun(db, actor, id);
    return run === null ? null : { kind, run };
  }
  if (kind === 'approval') return { kind, approval: await getApproval(db, actor, id) };
  if (kind === 'execution') {
    const execution = await findExecution(db, actor, id);
    return execution === null ? null : { kind, ...execution };
  }
  if (kind === 'application') return readApplication(db, actor, id);
  return { kind, scorecard: (await getScorecard(db, actor.orgId, blueprint, id)).document };
}

/** More than these are not counted. */
const mostCounted = 100;

async function readApplication(db: Db, actor: UserActor, name: string): Promise<LinkTarget | null> {
  const application = await findApplication(db, actor, name);
  if (application === null) return null;
  const [pipelines, awaiting] = await Promise.all([
    pipelinesOf(db, actor, { application: application.name, limit: mostCounted }),
    listExecutions(db, actor, { application: application.name, awaiting: true, limit: mostCounted }),
  ]);
  return {
    kind: 'application',
    application: { name: application.name, pipelines: pipelines.length, awaiting: awaiting.length },
  };
}

async function unfurl(
  { http }: PreviewParts,
  { botToken: token, apiUrl }: SlackConnection,
  { event }: EventInteraction,
  unfurls: Previews,
): Promise<string> {
  if (token === null) return 'no token';
  const unfurlId = textOf(event['unfurl_id']);
  const place =
    unfurlId === ''
      ? { channel: textOf(event['channel']), ts: textOf(event['message_ts']) }
      : { unfurl_id: unfurlId, source: textOf(event['source']) };
  const answer = await callSlack(http, { token, apiUrl }, 'chat.unfurl', { ...place, unfurls });
  return answer.ok ? 'previewed' : answer.error;
}
