import { Readable } from 'node:stream';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { ok, type Reply } from '#platform/http/route.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { attachIdentifiers } from './derived/attach-identifiers.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import { type EntityRow, loadRelatedTitles, toWireEntity, type WireEntity } from './entity-queries.ts';
import type { ReadOptions } from './read-options.ts';
import { visibleEntities } from './visibility-queries.ts';

export interface Presentation {
  readonly db: Db;
  readonly actor: Actor;
  readonly options: ReadOptions;
  /** Needed where clients may ask whose title a mirror shows. */
  readonly blueprints?: Blueprints;
}

/** Rows as answers show them, with titles of related entities where they are asked for. */
export async function presentEntities(
  { db, actor, options, blueprints }: Presentation,
  given: readonly EntityRow[],
  blueprintOf: (identifier: string) => BlueprintDocument | undefined,
): Promise<readonly WireEntity[]> {
  const isAttached = options.attachIdentifiers === true && blueprints !== undefined;
  const rows = isAttached ? await attachIdentifiers({ db, orgId: actor.orgId, blueprints }, given) : given;
  const titles =
    options.attachTitles === true
      ? await loadRelatedTitles(db, { orgId: actor.orgId, visible: await visibleEntities(db, actor) }, rows)
      : undefined;
  return rows.flatMap((row) => {
    const blueprint = blueprintOf(row.blueprint);
    return blueprint === undefined ? [] : [toWireEntity(row, blueprint, options, titles)];
  });
}

/**
 * `{ok, …head, entities: […], …tail}` from pages that are read one after the other. What is longer than a page is
 * streamed, so that no answer is held in memory; what fails before the second page still becomes an error answer.
 */
export async function pagedReply(
  pages: AsyncIterable<readonly WireEntity[]>,
  { head = {}, tail = {} }: { readonly head?: object; readonly tail?: object } = {},
): Promise<Reply> {
  const reading = pages[Symbol.asyncIterator]();
  const first = await reading.next();
  if (first.done === true) return ok({ ...head, entities: [], ...tail });
  const second = await reading.next();
  if (second.done === true) return ok({ ...head, entities: first.value, ...tail });
  const text = async function* (): AsyncGenerator<string> {
    yield `${JSON.stringify({ ok: true, ...head }).slice(0, -1)},"entities":[${joined(first.value)}`;
    let page: IteratorResult<readonly WireEntity[]> = second;
    while (page.done !== true) {
      if (page.value.length > 0) yield `,${joined(page.value)}`;
      page = await reading.next();
    }
    const rest = JSON.stringify(tail).slice(1);
    yield rest === '}' ? ']}' : `],${rest}`;
  };
  return { status: 200, body: Readable.from(text()), headers: { 'content-type': 'application/json; charset=utf-8' } };
}

function joined(entities: readonly WireEntity[]): string {
  return entities.map((entity) => JSON.stringify(entity)).join(',');
}
