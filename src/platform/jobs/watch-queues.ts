export interface QueueWatchOptions {
  readonly queues: readonly string[];
  readonly everyMs: number;
  readonly query: (text: string, values: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;
  readonly onDue: (queues: readonly string[]) => void;
  readonly onError: (error: unknown) => void;
}

export interface QueueWatch {
  start(): void;
  stop(): Promise<void>;
}

/**
 * Looks for what this process was not told of: jobs of other processes, and jobs whose time has come. One statement for
 * all queues, so that many of them cost no more at rest than one.
 */
export function watchQueues({ queues, everyMs, query, onDue, onError }: QueueWatchOptions): QueueWatch {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let stopped = true;

  async function look(): Promise<void> {
    try {
      const { rows } = await query(dueQueues, [queues]);
      if (!stopped && rows.length > 0) onDue((rows as readonly { name: string }[]).map(({ name }) => name));
    } catch (error) {
      onError(error);
    }
  }

  function plan(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      looking = look();
      void looking.then(plan);
    }, everyMs);
  }

  return {
    start() {
      stopped = false;
      plan();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** The states are named one by one, as the queue's index has them. */
const dueQueues = `
  select queue.name from unnest($1::text[]) as queue(name)
  where exists (select from job.job where job.name = queue.name and job.state in ('created', 'retry')
    and not job.blocked and job.start_after <= now())`;
