import { createHash, createHmac, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';

export interface SessionCookie {
  readonly name: string;
  /** It travels over https only. */
  readonly secure: boolean;
}

/** Where the public address is https, browsers take the cookie from this very host alone, which its name demands. */
export function sessionCookieOf(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:');
  return { name: secure ? '__Host-quayside_session' : 'quayside_session', secure };
}

/** Port's figures: three days idle, seven in all. */
const idleMs = 3 * 86_400_000;
const absoluteMs = 7 * 86_400_000;
/** The last look is written at most once a minute, so that reading stays reading. */
const touchMs = 60_000;

export interface Session {
  readonly orgId: string;
  readonly personId: string;
}

export function newSessionToken(): string {
  return randomBytes(32).toString('base64url');
}

export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Derived from the session rather than stored: the page sends it back in a header that other sites cannot set. */
export function csrfTokenOf(key: Uint8Array, sessionToken: string): string {
  return createHmac('sha256', key).update(`csrf:${sessionToken}`).digest('base64url');
}

export async function insertSession(tx: Tx, session: Session, token: string, now: Date): Promise<void> {
  await sql`
    insert into session (token_hash, org_id, person_id, created_at, last_seen_at)
    values (${tokenHash(token)}, ${session.orgId}, ${session.personId}, ${now}, ${now})`.execute(tx);
}

export async function findSession(db: Db, token: string, now: Date): Promise<Session | null> {
  const found = await sql<{ org_id: string; person_id: string; created_at: Date; last_seen_at: Date }>`
    select org_id, person_id, created_at, last_seen_at from session where token_hash = ${tokenHash(token)}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) return null;
  const idle = now.getTime() - row.last_seen_at.getTime();
  if (idle > idleMs || now.getTime() - row.created_at.getTime() > absoluteMs) return null;
  if (idle > touchMs) {
    await sql`update session set last_seen_at = ${now} where token_hash = ${tokenHash(token)}`.execute(db);
  }
  return { orgId: row.org_id, personId: row.person_id };
}

export async function deleteSession(tx: Tx, token: string): Promise<boolean> {
  const gone = await sql`delete from session where token_hash = ${tokenHash(token)} returning 1`.execute(tx);
  return gone.rows.length > 0;
}

export async function deleteExpiredSessions(db: Db, now: Date): Promise<void> {
  await sql`delete from session where last_seen_at < ${new Date(now.getTime() - idleMs)}
    or created_at < ${new Date(now.getTime() - absoluteMs)}`.execute(db);
}
