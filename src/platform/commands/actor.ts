/** Who does something. Every command and every read gets one; it is stored with each change. */
export type Actor = UserActor | CredentialActor | SystemActor;

export interface UserActor {
  readonly kind: 'user';
  readonly orgId: string;
  /** Shown as `userId` / `createdBy` on the wire. */
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

/** An organisation's API credentials, or a token made from them. */
export interface CredentialActor {
  readonly kind: 'credential';
  readonly orgId: string;
  /** The client id. */
  readonly id: string;
  readonly name: string;
}

/** Quayside itself: jobs, the sample, timers. */
export interface SystemActor {
  readonly kind: 'system';
  readonly orgId: string;
  readonly id: string;
  readonly name: string;
}

/** The part of Quayside that acts is in the id; to people it is Quayside. */
export function systemActor(orgId: string, part: string): SystemActor {
  return { kind: 'system', orgId, id: `system|${part}`, name: 'Quayside' };
}

/** Through which door a change came. Port's clients know UI, API and AUTOMATION. */
export type Origin = 'UI' | 'API' | 'AUTOMATION' | 'SLACK' | 'SYSTEM';
