import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReceivedRequest } from '#sample/counterparts/received-request.ts';
import { type SpawnedProgram, spawnedProgram } from '#testing/spawned-program.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const writers = 5;
const entitiesEach = 4;
const stepsEach = 50;

let receiver: WebhookReceiver;
let program: SpawnedProgram;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  program = await spawnedProgram({ QUAYSIDE_EGRESS_ALLOW: new URL(receiver.url).host });
});
afterAll(async () => {
  await program.remove();
  await receiver.close();
});

const acknowledged = new Map<string, number>();
let acknowledgedWrites = 0;
const milestones: { readonly at: number; readonly reached: () => void }[] = [];

async function reached(at: number): Promise<void> {
  await new Promise<void>((resolve) => milestones.push({ at, reached: resolve }));
}

/** Raises its entities step by step; what was not acknowledged is sent again until it is. */
async function writeAll(writer: number): Promise<void> {
  for (let step = 1; step <= stepsEach; step += 1) {
    for (let index = 0; index < entitiesEach; index += 1) {
      const identifier = `e${writer}-${index}`;
      const body = { identifier, properties: { step } };
      while ((await program.call('POST', '/v1/blueprints/thing/entities?upsert=true', body)) === null) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      acknowledged.set(identifier, step);
      acknowledgedWrites += 1;
      for (const milestone of milestones) if (milestone.at === acknowledgedWrites) milestone.reached();
    }
  }
}

function stepOf(request: ReceivedRequest): { entity: string; step: number } | null {
  const change = JSON.parse(request.body.toString('utf8')) as {
    context: { entity?: string };
    diff: { after: { properties: { step: number } } };
  };
  const { entity } = change.context;
  return entity === undefined ? null : { entity, step: change.diff.after.properties.step };
}

/** What the receiver heard of one entity; the same delivery made again counts once. */
function heardOf(entity: string): { steps: number[]; ids: Set<unknown> } {
  const steps: number[] = [];
  const ids = new Set<unknown>();
  for (const request of receiver.requests) {
    const heard = stepOf(request);
    if (heard?.entity !== entity) continue;
    ids.add(request.headers['webhook-id']);
    if (steps.at(-1) !== heard.step) steps.push(heard.step);
  }
  return { steps, ids };
}

test(
  'kill -9 of the program and of its database loses no acknowledged write and no webhook',
  { timeout: 300_000 },
  async () => {
    await program.start();
    await program.call('POST', '/v1/blueprints', {
      identifier: 'thing',
      title: 'Thing',
      schema: { properties: { step: { type: 'number' } }, required: [] },
      relations: {},
      changelogDestination: { type: 'WEBHOOK', url: receiver.url },
    });
    const total = writers * entitiesEach * stepsEach;
    const at = (from: number, to: number): number => Math.floor(total * (from + Math.random() * (to - from)));
    const [firstKill, secondKill] = [at(0.1, 0.4), at(0.5, 0.8)];
    const crashes = (async () => {
      await reached(firstKill);
      await program.stop('SIGKILL');
      await program.start();
      await reached(secondKill);
      const pidFile = await readFile(join(program.folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
      process.kill(Number(pidFile.split('\n', 1)[0]), 'SIGKILL');
    })();
    await Promise.all([crashes, ...Array.from({ length: writers }, async (_, writer) => writeAll(writer))]);

    expect(acknowledgedWrites).toBe(total);
    for (const [entity, step] of acknowledged) {
      const answer = await program.call('GET', `/v1/blueprints/thing/entities/${entity}`);
      expect(answer).toMatchObject({ entity: { properties: { step } } });
    }
    const all = Array.from({ length: stepsEach }, (_, index) => index + 1);
    await expect
      .poll(() => [...acknowledged.keys()].filter((entity) => heardOf(entity).ids.size < stepsEach), {
        timeout: 60_000,
      })
      .toEqual([]);
    for (const entity of acknowledged.keys()) {
      expect(heardOf(entity), `${entity}, killed at ${firstKill} and ${secondKill}`).toEqual({
        steps: all,
        ids: expect.objectContaining({ size: stepsEach }),
      });
    }
  },
);
