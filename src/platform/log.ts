import { pino, type Logger } from 'pino';

export type Log = Logger;

const redactedPaths = ['*.authorization', '*.cookie', '*.password', '*.clientSecret', '*.token', '*.secret'];

export interface LogOptions {
  readonly level: string;
  /** Human-readable lines for a terminal; JSON otherwise. */
  readonly pretty: boolean;
}

/** The program's log: JSON, one line per request and per job, event names rather than prose. */
export function createLog(options: LogOptions): Log {
  const base = { level: options.level, redact: { paths: redactedPaths, censor: '[hidden]' }, base: null };
  if (!options.pretty) return pino(base);
  return pino({
    ...base,
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } },
  });
}

export const silentLog: Log = pino({ level: 'silent' });
