import type { Approval, ApprovalNotification, NotificationMoment } from '#approvals/approval.ts';

/** A channel that is told of an approval, and of which moments. */
export interface Place {
  /** As it was named, without `#`; empty for the webhook's own. `@` and an id for somebody's direct messages. */
  readonly channel: string;
  readonly when: ReadonlySet<NotificationMoment>;
  readonly texts: Readonly<Partial<Record<NotificationMoment, string>>>;
  /** Somebody chose the moments: each is told by a message of its own, beside the card that changes. */
  readonly chosen: boolean;
}

/** A channel of this name means direct messages to everybody who may decide. */
const approversPlace = '@approvers';

/** Somebody's direct messages; null for a channel. */
export function personOf({ channel }: Pick<Place, 'channel'>): string | null {
  return /^@(user_\w+)$/.exec(channel)?.[1] ?? null;
}

/** Places with people in the place of everybody who may decide: `asked` is called where that is wanted. */
export async function withPeople(
  places: readonly Place[],
  asked: () => Promise<readonly string[]>,
): Promise<readonly Place[]> {
  const direct = places.find(({ channel }) => channel === approversPlace);
  if (direct === undefined) return places;
  const people = [...new Set(await asked())];
  const others = places.filter((place) => place !== direct);
  return [...others, ...people.map((person) => ({ ...direct, channel: `@${person}` }))];
}

const allMoments: readonly NotificationMoment[] = ['awaiting', 'approved', 'rejected'];

/**
 * Where an approval is told of: the channels it names, else the default one. A private approval is told only where it
 * says so, and one whose author chose a webhook goes there.
 */
export function placesOf(approval: Approval, defaultChannel: string | null): readonly Place[] {
  const { notifications } = approval.terms;
  const named = notifications.filter((one) => one.via === 'slack');
  if (named.length > 0) return merged(named.map((one) => placeOf(one.channel, one)));
  const goesElsewhere = notifications.some((one) => one.via === 'webhook');
  if (approval.private || goesElsewhere || defaultChannel === null) return [];
  return [placeOf(defaultChannel, {})];
}

function placeOf(channel: string, { when, texts }: Pick<ApprovalNotification, 'when' | 'texts'>): Place {
  return {
    channel: channel.trim().replace(/^#/, ''),
    when: new Set(when ?? allMoments),
    texts: texts ?? {},
    chosen: when !== undefined,
  };
}

/** Several notifications of one channel are one message there. */
function merged(places: readonly Place[]): readonly Place[] {
  const byChannel = new Map<string, Place>();
  for (const place of places) {
    const known = byChannel.get(place.channel);
    byChannel.set(
      place.channel,
      known === undefined
        ? place
        : {
            channel: known.channel,
            when: known.when.union(place.when),
            texts: { ...place.texts, ...known.texts },
            chosen: known.chosen || place.chosen,
          },
    );
  }
  return [...byChannel.values()];
}

/** Which moment the state of an approval is; null where none is told. */
export function momentOf(approval: Approval): NotificationMoment | null {
  if (approval.state === 'open') return 'awaiting';
  if (approval.state === 'approved') return 'approved';
  return approval.state === 'rejected' || approval.state === 'expired' ? 'rejected' : null;
}

/** Whether the end is told by a message of its own: where there is no card, or somebody asked for it. */
export function tellsEnd(place: Place, approval: Approval): boolean {
  const moment = momentOf(approval);
  if (moment === null || moment === 'awaiting' || !place.when.has(moment)) return false;
  return place.chosen || place.texts[moment] !== undefined || !place.when.has('awaiting');
}

/** What cannot be changed any more has to be answered, so that nobody goes by what it says. */
export function endsUnchanged(approval: Approval, card: { readonly state: string } | null): boolean {
  return approval.state !== 'open' && (card?.state === 'posted' || card?.state === 'unknown');
}

const firstWaitMs = 2_000;
const longestWaitMs = 600_000;

/** Before the next try, after so many. */
export function waitAfter(tries: number): number {
  return Math.min(firstWaitMs * 2 ** Math.min(tries, 20), longestWaitMs);
}
