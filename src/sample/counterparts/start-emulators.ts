import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Log } from '#platform/log.ts';
import { startGitHubCounterpart } from './github/github-counterpart.ts';
import type { GitHubCounterpart, GitHubCounterpartOptions } from './github/github-counterpart.ts';
import { jsonObject } from './received-request.ts';
import { startSlackCounterpart } from './slack/slack-counterpart.ts';
import type { SlackCounterpart, SlackCounterpartOptions } from './slack/slack-counterpart.ts';

export interface EmulatorsOptions {
  /** Null leaves it out: the real one is there. */
  readonly slack: SlackCounterpartOptions | null;
  readonly github: GitHubCounterpartOptions | null;
  /** A file that keeps ports and secret, so that addresses and tokens outlive a restart. Made when missing. */
  readonly addressFile?: string;
  readonly log?: Log;
}

export interface Emulators {
  readonly slack: SlackCounterpart | null;
  readonly github: GitHubCounterpart | null;
  /** `127.0.0.1:<port>` of those started, as the egress allow list takes them. */
  readonly authorities: readonly string[];
  close(): Promise<void>;
}

interface Addresses {
  readonly secret: string;
  readonly slackPort: number;
  readonly githubPort: number;
}

/** Starts Slack and GitHub on this machine, for the sample workspace. */
export async function startEmulators({ slack, github, addressFile, log }: EmulatorsOptions): Promise<Emulators> {
  const wanted = await readAddresses(addressFile);
  const { secret } = wanted;
  const startedSlack = slack && (await startSlackCounterpart({ secret, port: wanted.slackPort, ...slack }));
  const startedGitHub =
    github &&
    (await startGitHubCounterpart({ secret, port: wanted.githubPort, ...github }).catch(async (error: unknown) => {
      await startedSlack?.close();
      throw error;
    }));
  const close = async (): Promise<void> => {
    await startedGitHub?.close();
    await startedSlack?.close();
  };
  if (addressFile !== undefined) {
    const addresses: Addresses = {
      secret,
      slackPort: startedSlack ? portOf(startedSlack.origin) : wanted.slackPort,
      githubPort: startedGitHub ? portOf(startedGitHub.origin) : wanted.githubPort,
    };
    await writeFile(addressFile, `${JSON.stringify(addresses)}\n`, { mode: 0o600 }).catch(async (error: unknown) => {
      await close();
      throw error;
    });
  }
  const origins = [startedSlack, startedGitHub].flatMap((started) => (started ? [started.origin] : []));
  log?.info({ event: 'emulators-started', origins }, 'Local Slack and GitHub are there');
  return {
    slack: startedSlack,
    github: startedGitHub,
    authorities: origins.map((origin) => new URL(origin).host),
    close,
  };
}

async function readAddresses(file: string | undefined): Promise<Addresses> {
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  const { secret, slackPort, githubPort } = jsonObject(text) ?? {};
  return {
    secret: typeof secret === 'string' && secret !== '' ? secret : randomBytes(32).toString('hex'),
    slackPort: typeof slackPort === 'number' ? slackPort : 0,
    githubPort: typeof githubPort === 'number' ? githubPort : 0,
  };
}

function portOf(origin: string): number {
  return Number(new URL(origin).port);
}
