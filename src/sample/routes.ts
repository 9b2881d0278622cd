import { Type } from 'typebox';
import { ok, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import type { SlackMessage, SlackView } from './counterparts/slack/slack-channel-view.ts';

const tag = 'Sample workspace';
const base = '/api/v1/sample/slack/channels';

/** A look at the Slack of the sample workspace; 404 while there is none. */
export function sampleRoutes(slack: SlackView | null): readonly Route[] {
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
      handle: async ({ params }) => {
        const view = present(slack);
        const channel = await view.channel(params.channel);
        if (channel === undefined) throw problem('not-found', 'not_found', `There is no channel "${params.channel}".`);
        return ok({ messages: (await view.listMessages(channel.id)).map(shown) });
      },
    }),
  ];
}

function present(slack: SlackView | null): SlackView {
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
