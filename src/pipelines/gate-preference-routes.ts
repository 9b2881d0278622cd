import { isJsonObject } from '#platform/json.ts';
import { route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import { anyPipelineBody, applicationParams } from './contract.ts';
import { plain } from './gate-view.ts';
import { channels } from './notification-rules.ts';
import type { NotificationConfig } from './pipeline.ts';
import type { PipelineRouteParts } from './check-document.ts';
import { getApplication } from './pipeline-queries.ts';
import { updateApplication } from './save-application.ts';

const tag = 'Gate';

/** Notification preferences of applications. */
export function gatePreferenceRoutes(parts: Pick<PipelineRouteParts, 'db'>): readonly Route[] {
  return notificationRoutes(parts);
}

function notificationRoutes({ db }: Pick<PipelineRouteParts, 'db'>): readonly Route[] {
  const path = '/gate/notifications/application/:application';
  return [
    route({
      method: 'GET',
      path: '/gate/notifications/metadata',
      summary: 'Ways to notify people',
      tag,
      access: 'known',
      handle: async () =>
        plain(channels.map((name) => ({ notificationType: name.toUpperCase(), uiType: 'BASIC', parameters: [] }))),
    }),
    route({
      method: 'GET',
      path,
      summary: 'Notification preferences of an application, by type',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const { name, document } = await getApplication(db, actor, params.application);
        const list = Array.isArray(document['notifications'])
          ? (document['notifications'] as NotificationConfig[])
          : [];
        return plain({ application: name, ...Object.groupBy(list, ({ type }) => type) });
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Store the notification preferences of an application',
      tag,
      access: 'known',
      request: { params: applicationParams, body: anyPipelineBody },
      statuses: [404, 422],
      handle: async ({ params, body, execute }) => {
        const notifications = preferencesOf(body as Readonly<Record<string, unknown>>);
        await execute(updateApplication, {
          name: params.application,
          document: { notifications },
          expectedVersion: null,
        });
        return plain({});
      },
    }),
    route({
      method: 'DELETE',
      path,
      summary: 'Remove the notification preferences of an application',
      tag,
      access: 'known',
      request: { params: applicationParams },
      statuses: [404],
      handle: async ({ params, execute }) => {
        await execute(updateApplication, {
          name: params.application,
          document: { notifications: [] },
          expectedVersion: null,
        });
        return plain({});
      },
    }),
  ];
}

/** `{slack: […], email: […]}` as one list. */
function preferencesOf(body: Readonly<Record<string, unknown>>): readonly NotificationConfig[] {
  return Object.entries(body).flatMap(([type, given]) => {
    if (!Array.isArray(given)) return [];
    return (given as unknown[]).map((each, at) => {
      if (isJsonObject(each) && typeof each['address'] === 'string' && each['address'].trim() !== '') {
        return { ...each, type, level: 'application' } as NotificationConfig;
      }
      throw problem('invalid', 'invalid_request', 'Name the channel or address to notify.', {
        field: `${type}[${at}].address`,
      });
    });
  });
}
