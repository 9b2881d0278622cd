import { isRecord } from '../received-request.ts';

export interface HistoryWindow {
  readonly oldest?: string;
  readonly latest?: string;
  readonly inclusive: boolean;
  readonly limit: number;
  readonly cursor?: string;
  readonly includeAllMetadata: boolean;
}

export interface HistoryPage {
  readonly messages: readonly Record<string, unknown>[];
  readonly hasMore: boolean;
  readonly nextCursor: string;
}

/** The arguments of `conversations.history` that `emulate` ignores. */
export function historyWindow(fields: Readonly<Record<string, unknown>>): HistoryWindow {
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : undefined;
  };
  const flag = (name: string): boolean => ['true', '1'].includes(String(fields[name]));
  const oldest = text('oldest');
  const latest = text('latest');
  const cursor = text('cursor');
  return {
    ...(oldest === undefined ? {} : { oldest }),
    ...(latest === undefined ? {} : { latest }),
    ...(cursor === undefined ? {} : { cursor }),
    inclusive: flag('inclusive'),
    limit: Math.min(Number(text('limit') ?? 100) || 100, 999),
    includeAllMetadata: flag('include_all_metadata'),
  };
}

/** One page of messages that come newest first. */
export function pageOfHistory(newestFirst: readonly Record<string, unknown>[], window: HistoryWindow): HistoryPage {
  const inWindow = newestFirst.filter(({ ts }) => typeof ts === 'string' && isInside(ts, window));
  const start = window.cursor === undefined ? 0 : offsetOf(window.cursor);
  const messages = inWindow
    .slice(start, start + window.limit)
    .map((message) => withMetadata(message, window.includeAllMetadata));
  const end = start + messages.length;
  const hasMore = end < inWindow.length;
  return { messages, hasMore, nextCursor: hasMore ? Buffer.from(`next:${end}`).toString('base64url') : '' };
}

/** Slack leaves the payload out, and only the payload, unless all metadata is asked for. */
export function withMetadata(message: Record<string, unknown>, all: boolean): Record<string, unknown> {
  const { metadata, ...rest } = message;
  if (all || !isRecord(metadata)) return message;
  return { ...rest, metadata: { event_type: metadata['event_type'] } };
}

function isInside(ts: string, { oldest, latest, inclusive }: HistoryWindow): boolean {
  const slack = inclusive ? 0 : 1;
  if (oldest !== undefined && compareTimestamps(ts, oldest) < slack) return false;
  return latest === undefined || compareTimestamps(latest, ts) >= slack;
}

/** Timestamps are seconds and a counter; as floating point numbers the last digits would blur. */
function compareTimestamps(left: string, right: string): number {
  const [leftSeconds = '', leftRest = ''] = left.split('.');
  const [rightSeconds = '', rightRest = ''] = right.split('.');
  const seconds = Number(leftSeconds) - Number(rightSeconds);
  if (seconds !== 0) return Math.sign(seconds);
  return Math.sign(Number(leftRest.padEnd(6, '0')) - Number(rightRest.padEnd(6, '0')));
}

function offsetOf(cursor: string): number {
  return Number(/^next:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1] ?? 0);
}
