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

export function systemActor(orgId: string, name: string): SystemActor {
  return { kind: 'system', orgId, id: `system|${name}`, name };
}

/** Through which door a change came. Port's clients know UI, API and AUTOMATION. */
export type Origin = 'UI' | 'API' | 'AUTOMATION' | 'SLACK' | 'SYSTEM';
