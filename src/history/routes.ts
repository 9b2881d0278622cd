import { Readable } from 'node:stream';
import type { Db } from '#platform/db/handles.ts';
import { queryInstant } from '#platform/http/query-instant.ts';
import { queryList } from '#platform/http/query-list.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { lastEventId, serverSentEvents } from '#platform/http/server-sent-events.ts';
import { notFound } from '#platform/problem.ts';
import { onlyFields, toAuditRecord } from './audit-view.ts';
import { auditEvents } from './audit-queries.ts';
import { asOfQuery, auditQuery, entityPath } from './contract.ts';
import { readPastEntity } from './read-past-entity.ts';
import type { LiveTail } from './follow-changes.ts';

const defaultLimit = 100;

export function historyRoutes(db: Db, tail: LiveTail): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/audit-log',
      summary: 'Who changed what, newest first',
      tag: 'Audit log',
      access: 'known',
      request: { query: auditQuery },
      handle: async ({ actor, query }) => {
        const events = await auditEvents(db, actor, {
          identifier: query.identifier,
          entity: query.entity,
          blueprint: query.blueprint,
          runId: query.run_id,
          resources: queryList(query.resources),
          action: query.action,
          status: query.status,
          origin: queryList(query.origin),
          from: queryInstant(query.from, 'from'),
          to: queryInstant(query.to, 'to'),
          before: query.before,
          limit: query.limit ?? defaultLimit,
        });
        const fields = queryList(query.includes);
        return ok({ audits: events.map((event) => onlyFields(toAuditRecord(event, actor), fields)) });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/blueprints/:blueprint/entities/:entity/as-of',
      summary: 'An entity as it was at an instant, with the change that made it so',
      tag: 'Audit log',
      access: 'known',
      request: { params: entityPath, query: asOfQuery },
      statuses: [404],
      handle: async ({ actor, params, query }) => {
        const at = queryInstant(query.at, 'at');
        const entity = { blueprint: params.blueprint, identifier: params.entity };
        const past = at === undefined ? null : await readPastEntity(db, actor, entity, at);
        if (past === null) throw notFound('entity', params.entity, { blueprint: params.blueprint, at: query.at });
        const { change, until } = past;
        return ok({ entity: change.after, change: toAuditRecord(change, actor), until });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/live',
      summary: 'Follow changes as server-sent events; resumes after Last-Event-ID',
      tag: 'Audit log',
      access: 'known',
      handle: async ({ actor, headers, signal }) => {
        const stream = tail.follow(actor, lastEventId(headers) || null, signal);
        return serverSentEvents(Readable.from(stream));
      },
    }),
  ];
}
