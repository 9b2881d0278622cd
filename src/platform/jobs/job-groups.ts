export interface GroupedJob {
  readonly groupId?: string | null;
}

/** Who may begin, where jobs of one group share a number of places. Jobs without a group always may. */
export interface JobGroups<Job extends GroupedJob> {
  /** False when its group is full: the job waits here, and `leave` of another hands it out. */
  enter(job: Job): boolean;
  /** Frees the job's place; the answer, if any, has taken it. */
  leave(job: Job): Job | undefined;
  /** Groups of which no more should be fetched. */
  full(): readonly string[];
  waiting(): readonly Job[];
  /** Empties the waiting room. */
  takeWaiting(): readonly Job[];
}

export function createJobGroups<Job extends GroupedJob>(places: number): JobGroups<Job> {
  const taken = new Map<string, number>();
  const queues = new Map<string, Job[]>();
  const waiting = (): Job[] => [...queues.values()].flat();

  return {
    enter(job) {
      const group = job.groupId ?? null;
      if (group === null) return true;
      const count = taken.get(group) ?? 0;
      if (count < places) taken.set(group, count + 1);
      else queues.set(group, [...(queues.get(group) ?? []), job]);
      return count < places;
    },
    leave(job) {
      const group = job.groupId ?? null;
      if (group === null) return undefined;
      const [next, ...rest] = queues.get(group) ?? [];
      if (rest.length === 0) queues.delete(group);
      else queues.set(group, rest);
      if (next !== undefined) return next;
      const left = (taken.get(group) ?? 1) - 1;
      if (left === 0) taken.delete(group);
      else taken.set(group, left);
      return undefined;
    },
    full() {
      const full = [...taken].filter(([, count]) => count >= places).map(([group]) => group);
      return [...new Set([...full, ...queues.keys()])];
    },
    waiting,
    takeWaiting() {
      const all = waiting();
      queues.clear();
      return all;
    },
  };
}
