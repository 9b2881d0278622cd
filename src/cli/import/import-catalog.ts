import { parseArgs } from 'node:util';
import { problem } from '#platform/problem.ts';
import { type CliIo, exitCodes } from '../cli-io.ts';
import { createPortalClient } from '../portal-client.ts';
import { portalFlagsHelp, readPortalSettings } from '../portal-settings.ts';
import { applyImport } from './apply-import.ts';
import type { ImportPlan } from './import-plan.ts';
import { readBackstage } from './read-backstage.ts';
import { readPortExport } from './read-port-export.ts';

const importHelpText = `quayside import backstage <folder>
quayside import port <file or folder>

Brings in a catalog. backstage reads every catalog-info.yaml (and any other YAML of
backstage.io) below a folder; port reads JSON taken out of a Port organisation: one file
with lists by name (blueprints, entities, scorecards, actions, pages, teams, webhooks), or a
folder of such lists. What is there already is brought up to date; run it as often as you like.

  --dry-run              only tell what would be written
${portalFlagsHelp}`;

const sources: Readonly<Record<string, (path: string) => Promise<ImportPlan>>> = {
  backstage: readBackstage,
  port: readPortExport,
};

/** `quayside import`: another catalog, written over the API. Fails when something of it could not be brought in. */
export async function importCatalog(args: readonly string[], io: CliIo): Promise<number> {
  const asked = readArguments(args);
  if (asked === 'help') {
    io.out(importHelpText);
    return exitCodes.done;
  }
  if (typeof asked === 'string') {
    io.error(asked);
    return exitCodes.misused;
  }
  const plan = await readPlan(asked);
  for (const fault of plan.problems) io.error(fault);
  if (asked.flags['dry-run'] === true) {
    for (const [what, count] of contents(plan)) io.out(`would write ${count} ${what}`);
    return plan.problems.length === 0 ? exitCodes.done : exitCodes.failed;
  }
  const mistakes: string[] = [];
  const portal = readPortalSettings(asked.flags, io.env, mistakes);
  if (portal === null) {
    for (const mistake of mistakes) io.error(mistake);
    return exitCodes.misused;
  }
  const { written, problems } = await applyImport(createPortalClient(portal.server, portal.credentials), plan);
  for (const [what, count] of written) io.out(`${what}: ${count} written`);
  for (const fault of problems) io.error(fault);
  return plan.problems.length + problems.length === 0 ? exitCodes.done : exitCodes.failed;
}

interface Flags {
  readonly 'dry-run'?: boolean;
  readonly server?: string;
  readonly 'client-id'?: string;
  readonly 'client-secret'?: string;
}

interface Asked {
  readonly read: (path: string) => Promise<ImportPlan>;
  readonly path: string;
  readonly flags: Flags;
}

/** What is asked for, or why that cannot be known. */
function readArguments(args: readonly string[]): Asked | string {
  const text = { type: 'string' } as const;
  const options = {
    'dry-run': { type: 'boolean' },
    server: text,
    'client-id': text,
    'client-secret': text,
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values: flags, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (flags.help === true) return 'help';
    const [source = '', path, ...rest] = positionals;
    const read = Object.hasOwn(sources, source) ? sources[source] : undefined;
    if (read === undefined || path === undefined || rest.length > 0) {
      return 'Say what to import: quayside import backstage <folder>, or quayside import port <file or folder>.';
    }
    return { read, path, flags };
  } catch (error) {
    return error instanceof Error ? error.message : 'The arguments cannot be read.';
  }
}

async function readPlan({ read, path }: Asked): Promise<ImportPlan> {
  try {
    return await read(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes(code)) throw error;
    throw problem('invalid', 'unreadable_import', `${path} cannot be read (${code}).`);
  }
}

function contents(plan: ImportPlan): readonly (readonly [what: string, count: number])[] {
  const { teams, blueprints, entities, scorecards, actions, pages, webhooks } = plan;
  const rows = [...entities.values()].reduce((sum, some) => sum + some.length, 0);
  const lists = { teams, blueprints, scorecards, actions, pages, webhooks };
  const counted = Object.entries(lists).map(([what, items]) => [what, items.length] as const);
  return [...counted, ['entities', rows] as const].filter(([, count]) => count > 0);
}
