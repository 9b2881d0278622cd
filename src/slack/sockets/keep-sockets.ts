import { createHash } from 'node:crypto';
import { newId } from '#platform/ids.ts';
import { Problem } from '#platform/problem.ts';
import type { SlackConnection } from '../connection.ts';
import type { SlackConnections } from '../connection-store.ts';
import { waitAfter } from '../message-plan-rules.ts';
import { openSlackSocket, type SlackSocket, type SocketParts } from './open-socket.ts';
import { holdSocket, noteSocket, releaseSocket } from './socket-store.ts';

export interface KeepParts extends SocketParts {
  readonly connections: SlackConnections;
}

interface Kept {
  readonly key: string;
  readonly socket: SlackSocket | null;
  readonly tries: number;
  readonly notBefore: number;
}

/** Connections of this process to Slack, one for each organisation that wants one and leaves it a place. */
export class SocketKeeper {
  readonly #parts: KeepParts;
  readonly #holder = newId('holder');
  readonly #kept = new Map<string, Kept>();
  #isClosed = false;

  constructor(parts: KeepParts) {
    this.#parts = parts;
  }

  /** Opens what is missing and lets go of what is no longer wanted; to be called again and again. */
  async keep(): Promise<void> {
    const wanted = (await this.#parts.connections.all()).filter(({ appToken }) => appToken !== null);
    const names = new Set(wanted.map(({ orgId }) => orgId));
    for (const orgId of this.#kept.keys()) {
      if (names.has(orgId)) continue;
      this.#letGo(orgId);
      await releaseSocket(this.#parts.core.db, orgId, this.#holder);
    }
    await Promise.all(wanted.map(async (connection) => this.#keepOne(connection)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const names = [...this.#kept.keys()];
    for (const orgId of names) this.#letGo(orgId);
    await Promise.all(names.map(async (orgId) => releaseSocket(this.#parts.core.db, orgId, this.#holder)));
  }

  #letGo(orgId: string): void {
    this.#kept.get(orgId)?.socket?.close();
    this.#kept.delete(orgId);
  }

  async #keepOne(connection: SlackConnection): Promise<void> {
    const { orgId } = connection;
    const { db, clock } = this.#parts.core;
    const now = clock.now();
    const isHeld = await holdSocket(db, { orgId, holder: this.#holder, now });
    const key = keyOf(connection);
    if (!isHeld || this.#kept.get(orgId)?.key !== key) this.#letGo(orgId);
    const known = this.#kept.get(orgId);
    const isDue = known === undefined || (known.socket === null && known.notBefore <= now.getTime());
    if (isHeld && isDue) await this.#connect(connection, known?.tries ?? 0);
  }

  async #connect(connection: SlackConnection, tries: number): Promise<void> {
    const { orgId } = connection;
    const key = keyOf(connection);
    try {
      const socket = await openSlackSocket(this.#parts, connection);
      if (this.#isClosed) return socket.close();
      this.#kept.set(orgId, { key, socket, tries: 0, notBefore: 0 });
      await this.#note(orgId, 'open', null);
      this.#parts.core.log.info({ event: 'slack-socket-open', org: orgId });
      void socket.closed.then(async (reason) => this.#lost(connection, socket, reason)).catch(() => undefined);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await this.#failed(orgId, { key, tries, reason: error.message });
    }
  }

  async #failed(orgId: string, { key, tries, reason }: { key: string; tries: number; reason: string }): Promise<void> {
    const notBefore = this.#parts.core.clock.now().getTime() + waitAfter(tries);
    this.#kept.set(orgId, { key, socket: null, tries: tries + 1, notBefore });
    this.#parts.core.log.warn({ event: 'slack-socket-failed', org: orgId, tries });
    await this.#note(orgId, 'failed', reason);
  }

  /** Slack asks for a new connection every few hours, before it ends the old one. */
  async #lost(connection: SlackConnection, socket: SlackSocket, reason: string | null): Promise<void> {
    const known = this.#kept.get(connection.orgId);
    if (known?.socket !== socket || this.#isClosed) return;
    if (reason === null) await this.#connect(connection, 0);
    else await this.#failed(connection.orgId, { key: known.key, tries: known.tries, reason });
  }

  async #note(orgId: string, state: 'open' | 'failed', error: string | null): Promise<void> {
    const { db, clock } = this.#parts.core;
    await noteSocket(db, { orgId, holder: this.#holder, now: clock.now() }, { state, error });
  }
}

/** Another token, or another Slack, is another connection. */
function keyOf({ appToken, apiUrl }: SlackConnection): string {
  return createHash('sha256')
    .update(JSON.stringify([appToken, apiUrl]))
    .digest('base64url');
}
