import { Type } from 'typebox';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { findLink, linkAccount, linkGone } from './link-account.ts';

const tag = 'Slack';
const path = '/api/v1/slack/links/:token';
const params = Type.Object({ token: Type.String({ maxLength: 100 }) });

export function linkRoutes(core: Core): readonly Route[] {
  return [
    route({
      method: 'GET',
      path,
      summary: 'Which Slack account a link would tie to you',
      tag,
      access: 'known',
      request: { params },
      statuses: [404],
      handle: async ({ actor, params: { token } }) => {
        const link = await findLink(core.db, actor.orgId, token, core.clock.now());
        if (link === null) throw linkGone();
        const { slackName, slackUserId, teamId, teamName, expiresAt } = link;
        return ok({ link: { slackName, slackUserId, teamId, workspace: teamName, expiresAt } });
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Tie the Slack account of a link to you; what it presses in Slack counts as yours from then on',
      tag,
      access: 'known',
      request: { params },
      statuses: [403, 404],
      handle: async ({ params: { token }, execute }) => {
        await execute(linkAccount, { token });
        return ok({});
      },
    }),
  ];
}
