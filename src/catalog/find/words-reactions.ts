import { sql } from 'kysely';
import { prepared } from '#platform/db/prepared.ts';
import type { Document, LoggedEvent } from '#platform/events/event.ts';
import type { Reader, ReaderContext } from '#platform/events/reader.ts';
import { isJsonObject } from '#platform/json.ts';
import { renamedBlueprintOf } from '../rename/rename-in-documents.ts';
import { wordsOf } from './cut-words.ts';

interface Name {
  readonly blueprint: string;
  readonly identifier: string;
}

/** Keeps the words that entities are found by; within a second of the change. */
export function wordsReader(): Reader {
  return {
    name: 'entity-words',
    takesLong: true,
    concerns: (event) =>
      event.status === 'SUCCESS' &&
      ((event.kind.startsWith('entity.') && mayChangeWords(event)) || renamedBlueprintOf(event) !== null),
    async handle(ctx, events) {
      let rest = events;
      for (let at = rest.findIndex(isRename); at >= 0; at = rest.findIndex(isRename)) {
        await rememberWords(ctx, rest.slice(0, at));
        await moveWords(ctx, rest[at]);
        rest = rest.slice(at + 1);
      }
      await rememberWords(ctx, rest);
    },
  };
}

function isRename(event: LoggedEvent): boolean {
  return renamedBlueprintOf(event) !== null;
}

/** In its place among the changes of entities, so that none of them is kept under a name that is gone. */
async function moveWords({ db, orgId }: ReaderContext, event: LoggedEvent | undefined): Promise<void> {
  const rename = event === undefined ? null : renamedBlueprintOf(event);
  if (rename === null) return;
  await sql`delete from entity_words where org_id = ${orgId} and blueprint = ${rename.to}
    and exists (select from entity_words where org_id = ${orgId} and blueprint = ${rename.from})`.execute(db);
  await sql`update entity_words set blueprint = ${rename.to}
    where org_id = ${orgId} and blueprint = ${rename.from}`.execute(db);
}

async function rememberWords({ db, orgId }: ReaderContext, events: readonly LoggedEvent[]): Promise<void> {
  const latest = new Map<string, Name & { readonly words: readonly string[] | null }>();
  const set = (name: Name, words: readonly string[] | null): void => {
    latest.set(`${name.blueprint}\n${name.identifier}`, { ...name, words });
  };
  for (const event of events) {
    const { name, formerly } = namesOf(event);
    if (name === null) continue;
    if (formerly !== null) set({ ...name, identifier: formerly }, null);
    set(name, event.after === null ? null : wordsIn(name, event.after));
  }
  const rows = [...latest.values()].toSorted((left, right) =>
    left.blueprint === right.blueprint
      ? compare(left.identifier, right.identifier)
      : compare(left.blueprint, right.blueprint),
  );
  const gone = rows.filter((row) => row.words === null);
  const kept = rows.flatMap(({ words, ...name }) => (words === null ? [] : [{ ...name, words: words.join(' ') }]));
  if (gone.length > 0) {
    await sql`
      delete from entity_words w using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb)
        as g(blueprint text, identifier text)
      where w.org_id = ${orgId} and w.blueprint = g.blueprint and w.identifier = g.identifier`.execute(db);
  }
  if (kept.length === 0) return;
  // Words are letters and digits, so a list of them is a tsvector as it stands.
  await sql`${prepared}
    insert into entity_words (org_id, blueprint, identifier, words)
    select ${orgId}, k.blueprint, k.identifier, k.words::tsvector
    from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(blueprint text, identifier text, words text)
    on conflict (org_id, blueprint, identifier) do update set words = excluded.words
    where entity_words.words <> excluded.words`.execute(db);
}

const telling: ReadonlySet<string> = new Set(['identifier', 'title', 'team', 'properties']);

/** Scores above all change for many entities at once, and are no words. */
function mayChangeWords({ kind, changed, context }: LoggedEvent): boolean {
  if (kind !== 'entity.updated' || context['renamedFrom'] !== undefined) return true;
  return changed.some(([[key]]) => key === undefined || telling.has(key));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function namesOf({ context }: LoggedEvent): { readonly name: Name | null; readonly formerly: string | null } {
  const { blueprint, entity, renamedFrom } = context as Readonly<Record<string, unknown>>;
  return {
    name: typeof blueprint === 'string' && typeof entity === 'string' ? { blueprint, identifier: entity } : null,
    formerly: typeof renamedFrom === 'string' ? renamedFrom : null,
  };
}

function wordsIn({ identifier }: Name, after: Document): readonly string[] {
  const { title, team, properties } = after as Readonly<Record<string, unknown>>;
  return wordsOf({
    identifier,
    title: typeof title === 'string' ? title : '',
    team: Array.isArray(team) ? team.map(String) : [],
    properties: isJsonObject(properties) ? properties : {},
  });
}
