import type { ServerResponse } from 'node:http';
import type { Action, Json, Run } from '../src/api/wire.ts';
import { announce } from './live.ts';
import { actions, runs, type RunRecord } from './data/actions.ts';
import { entities } from './data/entities.ts';
import { postReminder } from './data/slack.ts';

const followers = new Map<string, Set<(event: string, data: object) => void>>();
const later = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const isOver = (run: Run): boolean => run.endedAt !== null;

function tell(record: RunRecord, event: string, data: object): void {
  for (const follower of followers.get(record.run.id) ?? []) follower(event, data);
}

function update(record: RunRecord, change: Partial<Run>): void {
  record.run = { ...record.run, ...change, updatedAt: new Date().toISOString() };
  tell(record, 'run', record.run);
  announce('UPDATE', 'run', { run: record.run.id });
}

function log(record: RunRecord, message: string): void {
  const line = { id: `log_${record.run.id}_${record.logs.length}`, message, createdAt: new Date().toISOString() };
  record.logs.push(line);
  record.timeline.push({ at: line.createdAt, kind: 'log', message });
  tell(record, 'log', line);
  announce('CREATE', 'run-log', { run: record.run.id });
}

const scripts: Record<string, readonly string[]> = {
  send_scorecard_reminder: [
    'Workflow port-slack-reminder.yml of harbour/port-actions queued',
    'Generate Scorecards Reminders: started',
    '9 services with unmet rules in Production Readiness',
    'Slack reminder sent successfully 🚀',
  ],
};

async function play(record: RunRecord, step: number): Promise<void> {
  await later(step);
  record.timeline.push({
    at: new Date().toISOString(),
    kind: 'dispatched',
    title: (record.run.payload as { type: string }).type,
  });
  for (const line of scripts[record.run.action.identifier] ?? ['Accepted by the backend', 'Working', 'Done']) {
    await later(step);
    log(record, line);
  }
  if (record.run.action.identifier === 'send_scorecard_reminder') postReminder();
  await later(step);
  record.timeline.push({ at: new Date().toISOString(), kind: 'ended' });
  update(record, { status: 'SUCCESS', endedAt: new Date().toISOString() });
  tell(record, 'end', {});
}

/** Starts a run and plays its course; `step` is the pause between two things that happen, in milliseconds. */
export function start(action: Action, properties: Record<string, Json>, entity: string | undefined, step: number): Run {
  const now = new Date().toISOString();
  const found = entities.find(
    (one) => one.identifier === entity && one.blueprint === action.trigger.blueprintIdentifier,
  );
  const record: RunRecord = {
    run: {
      id: `r_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`,
      status: 'IN_PROGRESS',
      statusLabel: null,
      blueprint:
        action.trigger.blueprintIdentifier === undefined
          ? null
          : { identifier: action.trigger.blueprintIdentifier, title: action.trigger.blueprintIdentifier },
      entity: found === undefined ? null : { identifier: found.identifier, title: found.title },
      action: { identifier: action.identifier, title: action.title ?? null, icon: action.icon ?? null },
      properties,
      endedAt: null,
      source: 'UI',
      link:
        action.invocationMethod.type === 'GITHUB'
          ? ['https://github.example.com/harbour/port-actions/actions/runs/3617893814']
          : null,
      payload: { ...action.invocationMethod } as Json,
      response: null,
      createdBy: 'admin@example.com',
      updatedBy: 'admin@example.com',
      createdAt: now,
      updatedAt: now,
    },
    logs: [],
    timeline: [{ at: now, kind: 'asked', by: { kind: 'user', name: 'Platform Admin' } }],
  };
  runs.set(record.run.id, record);
  announce('CREATE', 'run', { run: record.run.id });
  void play(record, step);
  return record.run;
}

export const actionOf = (identifier: string): Action | undefined =>
  actions.find((one) => one.identifier === identifier);

/** Sends what the run has so far, then what comes, until it has ended. */
export function stream(record: RunRecord, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let id = 0;
  const write = (event: string, data: object): void =>
    void response.write(`id: ${++id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  write('run', record.run);
  for (const line of record.logs) write('log', line);
  if (isOver(record.run)) write('end', {});
  const set = followers.get(record.run.id) ?? new Set();
  followers.set(record.run.id, set.add(write));
  response.on('close', () => set.delete(write));
}
