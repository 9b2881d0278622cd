import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { accountsOf, findAccounts } from './account-queries.ts';
import { removeAccount } from './remove-account.ts';

const tag = 'Slack';
const own = '/api/v1/slack/accounts';
const usualLimit = 25;

const listQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 1_000 })),
});
const params = Type.Object({
  team: Type.String({ minLength: 1, maxLength: 50 }),
  slackUser: Type.String({ minLength: 1, maxLength: 50 }),
});
const removalQuery = Type.Object({ person: Type.Optional(Type.String({ maxLength: 100 })) });

/** Whose Slack accounts are whose, and taking one away. */
export function accountRoutes({ db }: Core): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: own,
      summary: 'The Slack accounts whose clicks count as yours',
      tag,
      access: 'known',
      handle: async ({ actor }) => ok({ accounts: await accountsOf(db, actor.orgId, actor.id) }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/integrations/slack/accounts',
      summary: "Everybody's Slack accounts, those that were removed included, by name and page by page",
      tag,
      access: 'known',
      request: { query: listQuery },
      statuses: [403, 422],
      handle: async ({ actor, query: { search: text = '', limit = usualLimit, cursor } }) => {
        authorize(actor, 'organisation.manage');
        return ok({ ...(await findAccounts(db, actor.orgId, { text, limit, cursor })) });
      },
    }),
    route({
      method: 'DELETE',
      path: `${own}/:team/:slackUser`,
      summary: 'Remove a Slack account from whom it is linked to; it stays nobody’s until somebody links it again',
      tag,
      access: 'known',
      request: { params, query: removalQuery },
      statuses: [404, 422],
      handle: async ({ params: { team, slackUser }, query: { person }, execute }) => {
        await execute(removeAccount, { teamId: team, userId: slackUser, person });
        return ok({});
      },
    }),
  ];
}
