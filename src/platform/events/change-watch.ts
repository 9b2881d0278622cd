import { sql } from 'kysely';
import type { Db } from '../db/handles.ts';
import type { Log } from '../log.ts';

/**
 * Tells who follows the log that there is news. One look at the log serves all followers of this process: a commit
 * here wakes it at once, commits of other processes are seen at the next interval.
 */
export interface ChangeWatch {
  /** Follows everything of an organisation, or what concerns one subject such as `run:r_1`. Close it in the end. */
  open(orgId: string, subject?: string): Watched;
  /** Something was committed in this process. */
  wake(orgId: string): void;
  stop(): void;
}

export interface Watched {
  /** Grows with the news. Two followers who read at the same count may share what they read. */
  readonly count: number;
  /** True when there was news since the last call; false after this time without any, or at the signal. */
  next(withinMs: number, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

interface Topic {
  count: number;
  readonly wakers: Set<() => void>;
  followers: number;
}

/** Counts on over all topics, so that one which is left and followed again has no count twice. */
interface News {
  count: number;
}

interface Watching {
  /** Up to where the log was looked at; null before the first look. */
  position: number | null;
  readonly topics: Map<string, Topic>;
}

/** Half of what a log line may take to a browser, for commits of other processes. */
const intervalMs = 200;
/** Many commits in a row are told together. */
const restMs = 20;
const batchSize = 1_000;
const everything = '';

export function createChangeWatch(db: Db, log: Log): ChangeWatch {
  const organisations = new Map<string, Watching>();
  const news: News = { count: 0 };
  let timer: NodeJS.Timeout | null = null;
  let looking = false;
  let wokenMeanwhile = false;
  let stopped = false;

  function plan(afterMs: number): void {
    if (stopped || organisations.size === 0) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void look(), afterMs);
    timer.unref();
  }

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    wokenMeanwhile = false;
    try {
      await tellNews(db, organisations, news);
    } catch (error) {
      // The database may be away for a while; nothing is lost, since positions stay.
      log.warn({ event: 'change-watch-failed', err: error });
    }
    looking = false;
    plan(wokenMeanwhile ? restMs : intervalMs);
  }

  return {
    open(orgId, subject = everything) {
      const watching = organisations.get(orgId) ?? { position: null, topics: new Map<string, Topic>() };
      organisations.set(orgId, watching);
      const topic = watching.topics.get(subject) ?? { count: news.count, wakers: new Set(), followers: 0 };
      watching.topics.set(subject, topic);
      topic.followers += 1;
      if (timer === null && !looking) plan(intervalMs);
      return follower(topic, () => {
        topic.followers -= 1;
        if (topic.followers > 0) return;
        watching.topics.delete(subject);
        if (watching.topics.size === 0) organisations.delete(orgId);
        if (organisations.size > 0 || timer === null) return;
        clearTimeout(timer);
        timer = null;
      });
    },
    wake(orgId) {
      if (!organisations.has(orgId)) return;
      wokenMeanwhile = true;
      if (!looking) plan(0);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function follower(topic: Topic, closed: () => void): Watched {
  // What the log says while the follower reads its beginning may be in it or not.
  let seen = topic.count;
  let open = true;
  return {
    get count() {
      return topic.count;
    },
    async next(withinMs, signal) {
      if (topic.count === seen && !signal.aborted) await waitFor(topic, withinMs, signal);
      const isNews = topic.count !== seen;
      seen = topic.count;
      return isNews;
    },
    close() {
      if (open) closed();
      open = false;
    },
  };
}

async function waitFor(topic: Topic, withinMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      topic.wakers.delete(finish);
      resolve();
    };
    const timer = setTimeout(finish, withinMs);
    topic.wakers.add(finish);
    signal.addEventListener('abort', finish);
  });
}

/** One question for all organisations, and one more for each that has news and somebody who asks what about. */
async function tellNews(db: Db, organisations: ReadonlyMap<string, Watching>, news: News): Promise<void> {
  const found = await sql<{ org_id: string; last: number }>`
    select org_id, last from event_counter where org_id = any(${[...organisations.keys()]}::text[])`.execute(db);
  for (const { org_id: orgId, last } of found.rows) {
    const watching = organisations.get(orgId);
    if (watching === undefined || watching.position === last) continue;
    const subjects = watching.position === null ? null : await subjectsAfter(db, orgId, watching.position, last);
    watching.position = last;
    news.count += 1;
    for (const [subject, topic] of watching.topics) {
      if (subject === everything || subjects === null || subjects.has(subject)) tell(topic, news.count);
    }
  }
}

/** What the news is about; null when it is so much that everybody may look. */
async function subjectsAfter(
  db: Db,
  orgId: string,
  position: number,
  last: number,
): Promise<ReadonlySet<string> | null> {
  if (last - position > batchSize) return null;
  const found = await sql<{ subject: string }>`
    select subject from event where org_id = ${orgId} and number > ${position} and number <= ${last}`.execute(db);
  return new Set(found.rows.map((row) => row.subject));
}

function tell(topic: Topic, count: number): void {
  topic.count = count;
  for (const finish of topic.wakers) finish();
}
