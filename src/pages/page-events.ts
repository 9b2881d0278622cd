import type { NewEvent } from '#platform/events/event.ts';
import type { JsonObject } from '#platform/json.ts';
import type { Page } from './page.ts';
import type { SidebarItem } from './sidebar-rules.ts';

interface Change<Thing> {
  readonly before: Thing | null;
  readonly after: Thing | null;
}

const verbs = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' } as const;
const actionOf = ({ before, after }: Change<unknown>) =>
  before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';

/** Dates as JSON has them. */
const logged = (thing: Page | SidebarItem | null): JsonObject | null =>
  thing === null
    ? null
    : { ...thing, createdAt: thing.createdAt.toISOString(), updatedAt: thing.updatedAt.toISOString() };

export function pageEvent(identifier: string, change: Change<Page>): NewEvent {
  const action = actionOf(change);
  return {
    kind: `page.${verbs[action]}`,
    resource: 'page',
    action,
    subject: `page:${identifier}`,
    context: { page: identifier },
    before: logged(change.before),
    after: logged(change.after),
  };
}

/** A folder, or the order of what lies in one. */
export function folderEvent(identifier: string, change: Change<SidebarItem>): NewEvent {
  const action = actionOf(change);
  return {
    kind: `folder.${verbs[action]}`,
    resource: 'folder',
    action,
    subject: `folder:${identifier}`,
    context: { folder: identifier },
    before: logged(change.before),
    after: logged(change.after),
  };
}

export function orderEvent(parent: string | null, before: readonly string[], after: readonly string[]): NewEvent {
  return {
    kind: 'sidebar.ordered',
    resource: 'sidebar',
    action: 'UPDATE',
    subject: 'sidebar:catalog',
    context: { parent: parent ?? '' },
    before: { order: before },
    after: { order: after },
  };
}
