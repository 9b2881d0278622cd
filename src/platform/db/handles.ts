import type { Kysely, Transaction } from 'kysely';

/**
 * Handles on the database. Statements are written as SQL text (`sql` of kysely) and typed by their row, so the
 * handles carry no table types. A `Tx` passes where a `Db` is asked, never the reverse: a store function that
 * takes a `Tx` cannot be called outside a transaction.
 */
export type Tables = Record<never, never>;
export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;
