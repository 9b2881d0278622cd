import type { NewEvent } from '#platform/events/event.ts';
import type { JsonObject } from '#platform/json.ts';
import type { View } from './view-rules.ts';

/** As the log shows it: what somebody keeps for themselves does not tell what it holds. */
function logged(view: View | null): JsonObject | null {
  if (view === null) return null;
  const { state, title, createdAt, updatedAt, ...rest } = view;
  const told = view.shared ? { title, state } : {};
  return { ...rest, ...told, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

export function viewEvent(before: View | null, after: View | null): NewEvent {
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  const view = after ?? before;
  return {
    kind: `view.${{ CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' }[action]}`,
    resource: 'view',
    action,
    subject: `view:${view?.id ?? ''}`,
    context: { blueprint: view?.blueprint, view: view?.id },
    before: logged(before),
    after: logged(after),
  };
}

/** Which view a table opens with; `person` is empty where it is meant for everybody. */
export function defaultEvent(
  { blueprint, person }: { readonly blueprint: string; readonly person: string },
  before: string | null,
  after: string | null,
): NewEvent {
  return {
    kind: 'view.default-chosen',
    resource: 'view',
    action: 'UPDATE',
    subject: `view-default:${blueprint}`,
    context: { blueprint, ...(person === '' ? {} : { person }) },
    before: { view: before },
    after: { view: after },
  };
}
