import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitHubEmulator, GitHubRepositorySeed } from './github-emulator.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** What the doors of the GitHub counterpart share. */
export interface GitHubDesk {
  readonly emulator: GitHubEmulator;
  readonly origin: () => string;
  readonly repositories: readonly GitHubRepositorySeed[];
  readonly workflowsDirectory: string | undefined;
  /** Tokens that GitHub would know. `emulate` takes any. */
  readonly tokens: Set<string>;
  /** GitHub.com since February 2026; an Enterprise Server may not. */
  readonly knowsRunDetails: boolean;
  readonly disabledWorkflows: Set<number>;
  /** Newest first. */
  readonly runs: WorkflowRun[];
  /** Puts a run in the queue; it goes on by itself. */
  readonly start: (order: RunOrder) => Promise<WorkflowRun>;
  readonly cancel: (run: WorkflowRun) => void;
}

export interface RunOrder {
  readonly repository: GitHubRepositorySeed;
  readonly file: WorkflowFile;
  readonly ref: string;
  readonly given: Readonly<Record<string, unknown>>;
}

export interface WorkflowFile {
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

export function findRepository(desk: GitHubDesk, owner: string, name: string): GitHubRepositorySeed | undefined {
  const wanted = `${owner}/${name}`.toLowerCase();
  return desk.repositories.find((repository) => `${repository.owner}/${repository.name}`.toLowerCase() === wanted);
}

/** Read anew for every request, so that an edited file counts at once. */
export async function workflowFiles(
  desk: GitHubDesk,
  repository: GitHubRepositorySeed,
): Promise<readonly WorkflowFile[]> {
  const texts =
    repository.workflows ?? (desk.workflowsDirectory === undefined ? {} : await readFolder(desk.workflowsDirectory));
  return Object.entries(texts).map(([name, text]) => ({ id: workflowId(repository, name), name, text }));
}

export async function findWorkflow(
  desk: GitHubDesk,
  repository: GitHubRepositorySeed,
  nameOrId: string,
): Promise<WorkflowFile | undefined> {
  const files = await workflowFiles(desk, repository);
  return files.find((file) => file.name === nameOrId || String(file.id) === nameOrId);
}

async function readFolder(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

function workflowId(repository: GitHubRepositorySeed, name: string): number {
  const digest = createHash('sha256').update(`${repository.owner}/${repository.name}/${name}`).digest('hex');
  return Number.parseInt(digest.slice(0, 7), 16) + 1;
}

/** A commit for a ref: no history is kept, so the same ref always has the same one. */
export function commitOf(repository: GitHubRepositorySeed, ref: string): string {
  return createHash('sha1').update(`${repository.owner}/${repository.name}@${ref}`).digest('hex');
}
