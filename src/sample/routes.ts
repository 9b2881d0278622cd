import { Type } from 'typebox';
import { ok, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { SlackMessage } from './counterparts/slack/slack-channel-view.ts';
import type { SampleSlack } from './sample-slack.ts';

const tag = 'Sample workspace';
const base = '/api/v1/sample/slack/channels';

/** A look at the Slack of the sample workspace; 404 while there is none. */
export function sampleRoutes(slack: SampleSlack | null): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: base,
      summary: "List the channels of the sample workspace's Slack",
      tag,
      access: 'known',
      statuses: [404],
      handle: async () => {
        const channels = (await present(slack).channels()).filter((channel) => !channel.isArchived);
        return ok({ channels: channels.toSorted(byUse).map(({ id, name }) => ({ id, name })) });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/:channel/messages`,
      summary: "Read the newest messages of a channel of the sample workspace's Slack, oldest first",
      tag,
      access: 'known',
      request: { params: Type.Object({ channel: Type.String() }) },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const view = present(slack);
        const channel = await channelOf(view, params.channel);
        const messages = (await view.listMessages(channel.id)).map(shown);
        return ok({ messages: [...messages, ...(await whispers(view, actor, channel))] });
      },
    }),
    route({
      method: 'POST',
      path: `${base}/:channel/messages/:ts/press`,
      summary: "Press a button of a message in the sample workspace's Slack, as yourself",
      tag,
      access: 'known',
      request: { params: Type.Object({ channel: Type.String(), ts: Type.String() }), body: pressBody },
      statuses: [403, 404],
      handle: async ({ actor, params, body }) => {
        const local = present(slack);
        const channel = await channelOf(local, params.channel);
        const user = await slackUserOf(local, actor);
        const message = (await local.listMessages(channel.id)).find(({ ts }) => ts === params.ts);
        if (message === undefined || !JSON.stringify(message.blocks).includes(JSON.stringify(body.actionId))) {
          throw problem('not-found', 'not_found', 'That message is gone, or has no such button any more.');
        }
        const { actionId, choices = {} } = body;
        const { status } = await local.click({ channel: channel.id, ts: params.ts, actionId, user, choices });
        return ok({ answered: status });
      },
    }),
  ];
}

const pressBody = Type.Object(
  {
    actionId: Type.String({ minLength: 1, maxLength: 255 }),
    choices: Type.Optional(Type.Record(Type.String({ maxLength: 255 }), Type.String({ maxLength: 2_000 }))),
  },
  { additionalProperties: false },
);

async function channelOf(
  slack: SampleSlack,
  nameOrId: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const channel = await slack.channel(nameOrId);
  if (channel === undefined) throw problem('not-found', 'not_found', `There is no channel "${nameOrId}".`);
  return channel;
}

/** The local Slack takes whoever is signed in here for the person of the same address there. */
async function slackUserOf(slack: SampleSlack, actor: Actor): Promise<string> {
  if (actor.kind !== 'user') throw problem('forbidden', 'missing_permissions', 'Only a person can press a button.');
  return slack.personFor({ email: actor.email, realName: `${actor.firstName} ${actor.lastName}`.trim() });
}

/** What Slack shows to this person alone. */
async function whispers(
  slack: SampleSlack,
  actor: Actor,
  channel: { readonly id: string; readonly name: string },
): Promise<readonly object[]> {
  if (actor.kind !== 'user' || slack.ephemerals.length === 0) return [];
  const user = await slackUserOf(slack, actor);
  return slack.ephemerals
    .filter((one) => one.user === user && (one.channel === channel.id || one.channel === channel.name))
    .map(({ text, blocks, at }, index) => ({
      ts: `only-you-${index}`,
      userName: slackBot,
      text,
      blocks: blocks ?? [],
      at: new Date(at),
      onlyYou: true,
    }));
}

const slackBot = 'Quayside';

function present(slack: SampleSlack | null): SampleSlack {
  if (slack !== null) return slack;
  throw problem('not-found', 'not_found', 'There is no local Slack here: it comes with the sample workspace.');
}

const inEverySlack: ReadonlySet<string> = new Set(['general', 'random']);

/** The channels that something is posted to before those that every Slack has. */
function byUse(left: { readonly name: string }, right: { readonly name: string }): number {
  return Number(inEverySlack.has(left.name)) - Number(inEverySlack.has(right.name));
}

const millisecondsPerSecond = 1000;

function shown(message: SlackMessage): Record<string, unknown> {
  const { ts, text, blocks, author } = message;
  return { ts, userName: author.name, text, blocks, at: new Date(Number(ts) * millisecondsPerSecond) };
}
