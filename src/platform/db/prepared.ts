import type { Duplex } from 'node:stream';
import { sql } from 'kysely';
import pg from 'pg';

const marker = '/* prepared */';
/** Texts beyond this many run unprepared: each connection of the server keeps a plan for every one. */
const nameLimit = 300;
const names = new Map<string, string>();

/**
 * Begins a statement that runs often and whose text hardly ever varies: each connection parses and plans it once
 * (a bulk write of entities took a quarter less time). Not for `select *`, whose columns a migration may change
 * while connections live.
 */
export const prepared = sql.raw(marker);

type Query = (...args: readonly unknown[]) => unknown;

/**
 * A connection that gives marked statements a name, and sends statements without waiting for the answers to those
 * before. BEGIN counts as answered when it is sent: it travels with the statement that follows, and can only fail by
 * the end of the connection, which that statement meets, too.
 */
export class PreparingClient extends pg.Client {
  private joining = false;

  constructor(config?: pg.ClientConfig) {
    super({ ...config, pipeline: true } as pg.ClientConfig);
    const query = this.query.bind(this) as Query;
    const joinWrites = this.joinWrites.bind(this);
    this.query = ((...args: readonly unknown[]) => {
      joinWrites();
      const answer = query(...withName(args));
      if (args[0] !== 'begin' || !(answer instanceof Promise)) return answer;
      answer.catch(() => undefined);
      return Promise.resolve(begun);
    }) as typeof this.query;
  }

  /** Statements of one turn travel together: BEGIN with the first, events with COMMIT. Each write is a system call. */
  private joinWrites(): void {
    if (this.joining) return;
    this.joining = true;
    const { stream } = (this as unknown as { readonly connection: { readonly stream: Duplex } }).connection;
    stream.cork();
    process.nextTick(() => {
      this.joining = false;
      stream.uncork();
    });
  }
}

const begun = { command: 'BEGIN', rowCount: null, oid: 0, rows: [], fields: [] };

function withName(args: readonly unknown[]): readonly unknown[] {
  const [text, values, ...rest] = args;
  if (typeof text !== 'string' || !Array.isArray(values) || !text.trimStart().startsWith(marker)) return args;
  const name = names.get(text) ?? (names.size < nameLimit ? `quayside_${names.size}` : undefined);
  if (name === undefined) return args;
  names.set(text, name);
  return [{ name, text, values: values as unknown[] }, ...rest];
}
