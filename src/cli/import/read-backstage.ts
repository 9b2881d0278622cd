import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { type Document, emptyPlan, type ImportPlan } from './import-plan.ts';

const skipped: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'build', 'vendor']);
const fileLimit = 5_242_880;

type Kind = 'component' | 'api' | 'resource' | 'system' | 'domain' | 'group' | 'user';

const text = { type: 'string' } as const;
const described = {
  description: text,
  tags: { type: 'array', items: text },
  links: { type: 'array', items: { type: 'object' } },
  labels: { type: 'object' },
  annotations: { type: 'object' },
} as const;
const one = (target: Kind, title: string): JsonObject => ({ target, title, many: false });
const many = (target: Kind, title: string): JsonObject => ({ target, title, many: true });
const typed = { ...described, type: text };
const owned = { owner: one('group', 'Owner'), ownerPerson: one('user', 'Owner (person)') };

function blueprint(kind: Kind, title: string, icon: string, parts: JsonObject): Document {
  const { properties, relations } = parts;
  return { identifier: kind, title, icon, schema: { properties, required: [] }, relations };
}

/** Backstage's kinds as blueprints; what one points at comes first. */
const blueprints: readonly Document[] = [
  blueprint('group', 'Group', 'Team', {
    properties: { ...typed, email: { ...text, format: 'email' } },
    relations: { parent: one('group', 'Parent') },
  }),
  blueprint('user', 'User', 'User', {
    properties: { ...described, email: { ...text, format: 'email' } },
    relations: { groups: many('group', 'Member of') },
  }),
  blueprint('domain', 'Domain', 'Box', { properties: typed, relations: owned }),
  blueprint('system', 'System', 'Box', {
    properties: typed,
    relations: { ...owned, domain: one('domain', 'Domain') },
  }),
  blueprint('api', 'API', 'Api', {
    properties: { ...typed, lifecycle: text, definition: { ...text, format: 'markdown' } },
    relations: { ...owned, system: one('system', 'System') },
  }),
  blueprint('resource', 'Resource', 'Server', {
    properties: typed,
    relations: { ...owned, system: one('system', 'System') },
  }),
  blueprint('component', 'Component', 'Microservice', {
    properties: { ...typed, lifecycle: text },
    relations: {
      ...owned,
      system: one('system', 'System'),
      partOf: one('component', 'Part of'),
      providesApis: many('api', 'Provides'),
      consumesApis: many('api', 'Consumes'),
      dependsOnComponents: many('component', 'Depends on components'),
      dependsOnResources: many('resource', 'Depends on resources'),
    },
  }),
];

const kinds: ReadonlySet<string> = new Set(blueprints.map(({ identifier }) => identifier));
const isKind = (kind: string): kind is Kind => kinds.has(kind);

/** Reads every `backstage.io` document below a folder; files of other programs are passed over. */
export async function readBackstage(folder: string): Promise<ImportPlan> {
  const entities = new Map<string, Map<string, JsonObject>>();
  const problems: string[] = [];
  for await (const file of yamlFiles(folder)) {
    const place = relative(folder, file);
    if ((await stat(file)).size > fileLimit) {
      problems.push(`${place}: larger than ${fileLimit} bytes`);
      continue;
    }
    const content = await readFile(file, 'utf8');
    if (!content.includes('backstage.io/')) continue;
    for (const document of parseAllDocuments(content)) {
      const [fault] = document.errors;
      if (fault !== undefined) problems.push(`${place}: ${fault.message.split('\n')[0] ?? ''}`);
      else take(document.toJS({ maxAliasCount: 100 }) as unknown, place, { entities, problems });
    }
  }
  const read = [...entities].map(([kind, found]) => [kind, [...found.values()]] as const);
  return { ...emptyPlan, blueprints, entities: new Map(read), problems };
}

async function* yamlFiles(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* yamlFiles(path);
    else if (entry.isFile() && /\.ya?ml$/.test(entry.name)) yield path;
  }
}

interface Found {
  readonly entities: Map<string, Map<string, JsonObject>>;
  readonly problems: string[];
}

function take(value: unknown, place: string, { entities, problems }: Found): void {
  if (!isJsonObject(value) || !String(value['apiVersion']).startsWith('backstage.io/')) return;
  const kind = String(value['kind']).toLowerCase();
  // Locations say where files are, templates are actions of another program.
  if (!isKind(kind)) return;
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {};
  const name = metadata['name'];
  if (typeof name !== 'string' || name === '') {
    problems.push(`${place}: a ${kind} has no name`);
    return;
  }
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : 'default';
  const identifier = identifierOf(namespace, name);
  const ofKind = entities.get(kind) ?? new Map<string, JsonObject>();
  if (ofKind.has(identifier)) problems.push(`${place}: ${kind} ${identifier} is defined twice; the last one counts`);
  const spec = isJsonObject(value['spec']) ? value['spec'] : {};
  ofKind.set(identifier, {
    identifier,
    title: typeof metadata['title'] === 'string' ? metadata['title'] : name,
    properties: propertiesOf(kind, metadata, spec),
    relations: relationsOf(kind, namespace, spec),
  });
  entities.set(kind, ofKind);
}

function identifierOf(namespace: string, name: string): string {
  return namespace === 'default' ? name : `${namespace}/${name}`;
}

function propertiesOf(kind: Kind, metadata: JsonObject, spec: JsonObject): JsonObject {
  const profile = isJsonObject(spec['profile']) ? spec['profile'] : {};
  const { description, tags, links, labels, annotations } = metadata;
  const { type, lifecycle, definition } = spec;
  const given = { description, tags, links, labels, annotations, type, lifecycle, email: profile['email'] };
  const definitions = typeof definition === 'string' ? { definition: `\`\`\`\n${definition}\n\`\`\`` } : {};
  const known = blueprints.find(({ identifier }) => identifier === kind)?.['schema'] as {
    readonly properties: JsonObject;
  };
  const fitting = Object.entries({ ...given, ...definitions }).filter(
    ([key, value]) => value !== undefined && value !== null && Object.hasOwn(known.properties, key),
  );
  return Object.fromEntries(fitting);
}

interface Reference {
  readonly kind: string;
  readonly identifier: string;
}

/** `[kind:][namespace/]name`, or the same as an object. */
function referenceOf(value: unknown, kind: Kind, namespace: string): Reference | null {
  if (typeof value !== 'string') return null;
  const match = /^(?:(?<kind>[^:/]+):)?(?:(?<namespace>[^/]+)\/)?(?<name>[^/]+)$/.exec(value.trim());
  if (match?.groups === undefined) return null;
  const { name = '', ...rest } = match.groups;
  return {
    kind: (rest['kind'] ?? kind).toLowerCase(),
    identifier: identifierOf(rest['namespace'] ?? namespace, name),
  };
}

function relationsOf(kind: Kind, namespace: string, spec: JsonObject): JsonObject {
  const all = (value: unknown, as: Kind): readonly Reference[] =>
    (Array.isArray(value) ? (value as readonly unknown[]) : [value]).flatMap(
      (item) => referenceOf(item, as, namespace) ?? [],
    );
  const ofKind = (found: readonly Reference[], wanted: Kind): readonly string[] =>
    found.filter((reference) => reference.kind === wanted).map(({ identifier }) => identifier);
  const owners = all(spec['owner'], 'group');
  const needed = all(spec['dependsOn'], 'component');
  const found: Readonly<Record<string, string | readonly string[] | undefined>> = {
    owner: ofKind(owners, 'group')[0],
    ownerPerson: ofKind(owners, 'user')[0],
    system: ofKind(all(spec['system'], 'system'), 'system')[0],
    domain: ofKind(all(spec['domain'], 'domain'), 'domain')[0],
    parent: ofKind(all(spec['parent'], 'group'), 'group')[0],
    partOf: ofKind(all(spec['subcomponentOf'], 'component'), 'component')[0],
    groups: ofKind(all(spec['memberOf'], 'group'), 'group'),
    providesApis: ofKind(all(spec['providesApis'], 'api'), 'api'),
    consumesApis: ofKind(all(spec['consumesApis'], 'api'), 'api'),
    dependsOnComponents: ofKind(needed, 'component'),
    dependsOnResources: ofKind(needed, 'resource'),
  };
  const known = blueprints.find(({ identifier }) => identifier === kind)?.['relations'] as JsonObject;
  return Object.fromEntries(
    Object.entries(found).filter(([key, value]) => value !== undefined && Object.hasOwn(known, key)),
  );
}
