import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { isJsonObject } from './json.ts';

export type Log = Logger;

const redactedPaths = ['*.authorization', '*.cookie', '*.password', '*.clientSecret', '*.token', '*.secret'];

export interface LogOptions {
  readonly level: string;
  /** Human-readable lines for a terminal; JSON otherwise. */
  readonly pretty: boolean;
  /** Where lines go; standard output unless told. */
  readonly into?: DestinationStream;
}

/** The program's log: JSON, one line per request and per job, event names rather than prose. */
export function createLog(options: LogOptions): Log {
  const base = {
    level: options.level,
    redact: { paths: redactedPaths, censor: '[hidden]' },
    serializers: { err: toLoggedError },
    base: null,
  };
  if (!options.pretty) return options.into === undefined ? pino(base) : pino(base, options.into);
  return pino({
    ...base,
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } },
  });
}

/** What PostgreSQL tells beside the message: values of the row, of a function's arguments, of a query. */
const valuesInErrors: ReadonlySet<string> = new Set([
  'detail',
  'where',
  'internalQuery',
  'hint',
  'query',
  'parameters',
]);

/** An error as it is logged: its message, stack and codes, without the values that a database error may quote. */
function toLoggedError(error: unknown): unknown {
  return error instanceof Error ? withoutValues(stdSerializers.err(error)) : error;
}

/** Errors in it were made plain already. */
function withoutValues(logged: unknown): unknown {
  if (Array.isArray(logged)) return logged.map(withoutValues);
  if (!isJsonObject(logged)) return logged;
  const kept = Object.entries(logged).filter(([key]) => !valuesInErrors.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutValues(value)]));
}

export const silentLog: Log = pino({ level: 'silent' });
