import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Route } from '#platform/http/route.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem, problem } from '#platform/problem.ts';
import { mayInApplication } from './access-queries.ts';

type Named = Readonly<Record<string, string | undefined>>;

/**
 * What somebody may not see is refused as Gate does, by name; our own routes say that it is not there. Only what is
 * named in the path is asked about: lists leave out what their reader may not see.
 */
export function gateDoor(db: Db, routes: readonly Route[]): readonly Route[] {
  return routes.map((each) => ({
    ...each,
    handle: async (request) => {
      const { actor, params } = request;
      const named = params as Named;
      if (actor !== null) await assertReadable(db, actor, named['application']);
      try {
        return await each.handle(request);
      } catch (error) {
        if (actor !== null && error instanceof Problem && error.kind === 'not-found') {
          await assertReadable(db, actor, nameIn(request.body) ?? (await applicationOf(db, actor.orgId, named['id'])));
        }
        throw error;
      }
    },
  }));
}

async function assertReadable(db: Db, actor: Actor, application: string | undefined): Promise<void> {
  if (application === undefined || (await mayInApplication(db, actor, 'READ', application))) return;
  throw problem('forbidden', 'missing_permissions', `Access denied to application ${application}`, { application });
}

/** That a document says it belongs to. */
function nameIn(body: unknown): string | undefined {
  const application = isJsonObject(body) ? body['application'] : undefined;
  return typeof application === 'string' ? application : undefined;
}

/** Of a pipeline or an execution. */
async function applicationOf(db: Db, orgId: string, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const found = await sql<{ application: string }>`
    select application from pipeline where org_id = ${orgId} and id = ${id}
    union all select application from execution where org_id = ${orgId} and id = ${id} limit 1`.execute(db);
  return found.rows[0]?.application;
}
