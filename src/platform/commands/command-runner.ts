import { DatabaseError } from 'pg';
import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/handles.ts';
import { appendEvents } from '../events/append-events.ts';
import type { EventContext, NewEvent } from '../events/event.ts';
import { Problem } from '../problem.ts';
import type { Actor, Origin } from './actor.ts';
import type { Follower } from './follower.ts';
import { answerOnce, type IdempotentRequest, type StoredAnswers } from './idempotency.ts';
import { LostRace } from './lost-race.ts';
import { Unprepared } from './unprepared.ts';
import type { Command, WriteContext } from './write-context.ts';

export interface Caller {
  readonly actor: Actor;
  readonly origin: Origin;
  readonly requestId: string | null;
}

export interface ExecuteOptions<Input> {
  /** Same key and body, same answer; the stored answer is the command's result. */
  readonly idempotency?: IdempotentRequest | undefined;
  /** Names what was refused, so that the audit log can show the attempt. */
  readonly describeRefusal?: ((input: Input) => Omit<NewEvent, 'before' | 'after'>) | undefined;
}

export interface CommandRunner {
  execute<Input, Result>(
    caller: Caller,
    command: Command<Input, Result>,
    input: Input,
    options?: ExecuteOptions<Input>,
  ): Promise<Result>;
}

export interface CommandRunnerOptions {
  readonly db: Db;
  readonly clock: Clock;
  /** How answers to an Idempotency-Key are kept: they may hold a secret that was shown once. */
  readonly answers: StoredAnswers;
  /** Called after a commit that wrote events; wakes readers in this process. */
  readonly onCommitted: (orgId: string) => void;
  /** What keeps in step with others' changes within their transactions. */
  readonly followers?: () => readonly Follower[];
}

const retryableCodes: ReadonlySet<string> = new Set(['40001', '40P01']);
const attemptLimit = 5;
/** After so many starts the slow work is done in the transaction: what it depends on keeps changing meanwhile. */
const preparationLimit = 3;

/** Opens one READ COMMITTED transaction per command, retries lost races, and refuses a command that announced nothing. */
export function createCommandRunner(options: CommandRunnerOptions): CommandRunner {
  return {
    async execute(caller, command, input, executeOptions = {}) {
      let preparations = 0;
      // What was prepared was made for this instant.
      let now: Date | null = null;
      for (let attempt = 1; ; attempt += 1) {
        now = preparations === 0 || now === null ? options.clock.now() : now;
        try {
          const call = { caller, command, input, now, mayPrepare: preparations < preparationLimit };
          const { result, wrote } = await runOnce(options, call, executeOptions.idempotency);
          if (wrote) options.onCommitted(caller.actor.orgId);
          return result;
        } catch (error) {
          if (error instanceof Unprepared) {
            preparations += 1;
            attempt -= 1;
            await error.prepare();
            continue;
          }
          if (isLostRace(error) && attempt < attemptLimit) continue;
          if (error instanceof Problem && executeOptions.describeRefusal !== undefined) {
            await recordRefusal(options, caller, executeOptions.describeRefusal(input), error);
          }
          throw error;
        }
      }
    },
  };
}

interface Call<Input, Result> {
  readonly caller: Caller;
  readonly command: Command<Input, Result>;
  readonly input: Input;
  readonly now: Date;
  readonly mayPrepare: boolean;
}

async function runOnce<Input, Result>(
  options: CommandRunnerOptions,
  call: Call<Input, Result>,
  idempotency: IdempotentRequest | undefined,
): Promise<{ result: Result; wrote: boolean }> {
  let appended: Promise<unknown> = Promise.resolve();
  const committed = options.db.transaction().execute(async (db) => {
    const { now } = call;
    const work = async () => runCommand(db, call, options.followers?.() ?? []);
    const { orgId, id: actorId } = call.caller.actor;
    const { result, events } =
      idempotency === undefined
        ? await work()
        : await answerOnce({ db, now, orgId, actorId, request: idempotency, answers: options.answers }, work);
    // Last of all, and with the COMMIT right behind it: from here to there nobody else of the organisation can write.
    if (events.length > 0) appended = appendEvents(db, { ...call.caller, at: now }, events);
    appended.catch(() => undefined);
    return { result, wrote: events.length > 0 };
  });
  // Where the events could not be written the COMMIT undid everything; what they met is the reason.
  const outcome = await committed.catch(async (error: unknown) => {
    await appended;
    throw error;
  });
  await appended;
  return outcome;
}

async function runCommand<Input, Result>(
  db: Tx,
  { caller, command, input, now, mayPrepare }: Call<Input, Result>,
  followers: readonly Follower[],
): Promise<{ result: Result; events: readonly NewEvent[] }> {
  const events: NewEvent[] = [];
  const ctx: WriteContext = {
    db,
    now,
    ...caller,
    emit: (event) => events.push(event),
    async outside(work) {
      if (mayPrepare) throw new Unprepared(work);
      await work();
    },
  };
  const result = await command(ctx, input);
  for (const { kinds, follow } of followers) {
    const concerning = events.filter((event) => kinds.has(event.kind));
    if (concerning.length > 0) await follow(ctx, concerning);
  }
  // An upsert that changes nothing writes and announces nothing; anything else forgot its event.
  if (events.length === 0 && !commandsThatMayBeSilent.has(command)) {
    throw new Error(`Command ${command.name} changed something without announcing it`);
  }
  return { result, events };
}

const commandsThatMayBeSilent = new WeakSet<Command<never, unknown>>();

/** Marks a command that may find nothing to change (an upsert, a reader's re-evaluation) and then emits no event. */
export function maybeSilent<Input, Result>(command: Command<Input, Result>): Command<Input, Result> {
  commandsThatMayBeSilent.add(command);
  return command;
}

async function recordRefusal(
  options: CommandRunnerOptions,
  caller: Caller,
  event: Omit<NewEvent, 'before' | 'after'>,
  refusal: Problem,
): Promise<void> {
  await options.db.transaction().execute(async (db) => {
    const origin = { ...caller, at: options.clock.now() };
    const context = shortTexts({ ...event.context, error: refusal.code });
    await appendEvents(
      db,
      origin,
      [{ ...event, subject: cut(event.subject, longestTold), context, before: null, after: null }],
      {
        status: 'FAILURE',
        message: cut(refusal.message, longestMessage),
      },
    );
  });
}

/** What was refused may have been of any length, which neither an index nor a reader of the log can take. */
const longestTold = 600;
const longestMessage = 2_000;

function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}

function shortTexts(context: EventContext): EventContext {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? cut(value, longestTold) : value]),
  );
}

function isLostRace(error: unknown): boolean {
  if (error instanceof LostRace) return true;
  return error instanceof DatabaseError && error.code !== undefined && retryableCodes.has(error.code);
}
