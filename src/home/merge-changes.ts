import type { LoggedEvent } from '#platform/events/event.ts';

/** One change, or many alike that one hand made one after the other. */
export interface ChangeGroup {
  /** The newest of them. */
  readonly event: LoggedEvent;
  readonly count: number;
  /** Whether there may be more of them than were looked at. */
  readonly more: boolean;
}

/** As many as make a list hard to read. */
const fewest = 3;
const apartMs = 3_600_000;

/** Changes, newest first, with those put together that are of one kind: an import is one line and not a hundred. */
export function mergeChanges(events: readonly LoggedEvent[], isEnd: boolean): readonly ChangeGroup[] {
  const groups: LoggedEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    const first = last?.[0];
    if (last !== undefined && first !== undefined && isAlike(first, event)) last.push(event);
    else groups.push([event]);
  }
  return groups.flatMap((group, index) => {
    const more = !isEnd && index === groups.length - 1 && group.length >= fewest;
    const [first] = group;
    if (first !== undefined && group.length >= fewest) return [{ event: first, count: group.length, more }];
    return group.map((event) => ({ event, count: 1, more: false }));
  });
}

function isAlike(first: LoggedEvent, event: LoggedEvent): boolean {
  const kindOf = ({ resource, action, status, actor, context }: LoggedEvent): string =>
    JSON.stringify([resource, action, status, actor.id, context['blueprint'] ?? null]);
  // Runs and the like are each worth a line.
  return (
    first.resource === 'entity' &&
    first.status === 'SUCCESS' &&
    kindOf(first) === kindOf(event) &&
    first.at.getTime() - event.at.getTime() < apartMs
  );
}
