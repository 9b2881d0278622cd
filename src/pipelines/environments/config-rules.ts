import { Duration } from 'luxon';
import { isJsonObject } from '#platform/json.ts';
import { findCircle } from '../execution-rules.ts';
import { checkJudges } from '../stages/judgment-rules.ts';
import {
  type ConstraintConfig,
  type DeliveryConfigDocument,
  dependsOn,
  type EnvironmentConfig,
  environmentsBefore,
  manualJudgement,
} from './delivery-config.ts';

export interface ConfigProblem {
  /** E.g. `environments[1].constraints[0].timeout`. */
  readonly path: string;
  readonly message: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Tell = (path: string, message: string) => void;

const applicationShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const nameShape = /^[A-Za-z0-9][A-Za-z0-9._ -]{0,99}$/;
const serverKeys: ReadonlySet<string> = new Set(['metadata', 'updatedAt', 'createdAt', 'version']);
const most = { artifacts: 50, environments: 50, constraints: 20, notifications: 50 } as const;
const mostTexts = 500_000;
const longestTimeoutMs = 10 * 366 * 86_400_000;
const channels: ReadonlySet<string> = new Set(['slack', 'email', 'webhook']);

/** Reads a delivery config: the document as it is kept, or everything that is wrong with it. */
export function readConfig(
  given: unknown,
): { readonly document: DeliveryConfigDocument } | { readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const tell: Tell = (path, message) => void problems.push({ path, message });
  if (!isJsonObject(given)) return { problems: [{ path: '', message: 'A delivery config is an object.' }] };
  if (JSON.stringify(given).length > mostTexts) return { problems: [{ path: '', message: 'It is too large.' }] };
  const { application } = given;
  if (typeof application !== 'string' || !applicationShape.test(application)) {
    tell('application', 'Name the application: letters, digits, dots, - and _.');
  }
  const name = given['name'] ?? `${String(application)}-manifest`;
  if (typeof name !== 'string' || !nameShape.test(name)) tell('name', nameWords);
  const artifacts = listOf(given, 'artifacts', tell).map((each, at) => readArtifact(each, `artifacts[${at}]`, tell));
  tellTwice(artifacts, 'reference', tell);
  const environments = listOf(given, 'environments', tell).map((each, at) =>
    readEnvironment(each, `environments[${at}]`, tell),
  );
  tellTwice(environments, 'name', tell);
  if (problems.length === 0) checkOrder(environments, tell);
  if (problems.length > 0) return { problems };
  const kept = Object.fromEntries(Object.entries(given).filter(([key]) => !serverKeys.has(key)));
  return { document: { ...kept, application, name, artifacts, environments } as unknown as DeliveryConfigDocument };
}

const nameWords = 'A name begins with a letter or digit; letters, digits, spaces, dots, - and _ follow.';

function listOf(given: Fields, key: keyof typeof most, tell: Tell, within = ''): readonly unknown[] {
  const list = given[key] ?? [];
  if (!Array.isArray(list)) tell(`${within}${key}`, `${key} is a list.`);
  else if (list.length > most[key]) tell(`${within}${key}`, `There are at most ${most[key]} ${key}.`);
  else return list as readonly unknown[];
  return [];
}

function readArtifact(given: unknown, path: string, tell: Tell): Fields {
  if (!isJsonObject(given)) {
    tell(path, 'An artifact is an object with a name and a type.');
    return {};
  }
  const { name, type } = given;
  const reference = given['reference'] ?? name;
  if (typeof name !== 'string' || name.trim() === '' || name.length > 200) tell(`${path}.name`, 'Name the artifact.');
  if (typeof type !== 'string' || type.trim() === '' || type.length > 50) {
    tell(`${path}.type`, 'Name its type, e.g. docker.');
  }
  if (typeof reference !== 'string' || reference.trim() === '' || reference.length > 200) {
    tell(`${path}.reference`, 'A reference is a text.');
  }
  return { ...given, reference };
}

function readEnvironment(given: unknown, path: string, tell: Tell): Fields {
  if (!isJsonObject(given)) {
    tell(path, 'An environment is an object with a name.');
    return {};
  }
  if (typeof given['name'] !== 'string' || !nameShape.test(given['name'])) tell(`${path}.name`, nameWords);
  const constraints = listOf(given, 'constraints', tell, `${path}.`);
  for (const [at, each] of constraints.entries()) checkConstraint(each, `${path}.constraints[${at}]`, tell);
  const judgements = constraints.filter((each) => isJsonObject(each) && each['type'] === manualJudgement);
  if (judgements.length > 1) tell(`${path}.constraints`, `An environment has at most one ${manualJudgement}.`);
  const notifications = listOf(given, 'notifications', tell, `${path}.`);
  for (const [at, each] of notifications.entries()) checkNotification(each, `${path}.notifications[${at}]`, tell);
  return { ...given, constraints, notifications };
}

function checkConstraint(given: unknown, path: string, tell: Tell): void {
  if (!isJsonObject(given)) {
    tell(path, 'A constraint is an object with a type.');
    return;
  }
  switch (given['type']) {
    case manualJudgement:
      checkJudgement(given as ConstraintConfig, path, tell);
      return;
    case dependsOn:
      if (typeof given['environment'] !== 'string') tell(`${path}.environment`, 'Name the environment it depends on.');
      return;
    default:
      tell(`${path}.type`, `A constraint is of type ${manualJudgement} or ${dependsOn}.`);
  }
}

function checkJudgement(given: ConstraintConfig, path: string, tell: Tell): void {
  const timeout = given['timeout'] ?? null;
  if (timeout !== null && timeoutMs(given) === null) {
    tell(`${path}.timeout`, 'A timeout is a duration like PT4H or P2D.');
  }
  for (const { field, message } of checkJudges(given, { expressions: false, timeoutMs: timeoutMs(given) }))
    tell(`${path}.${field}`, message);
  const { instructions = '' } = given;
  if (typeof instructions !== 'string' || instructions.length > 4_000) {
    tell(`${path}.instructions`, 'Instructions are a text of at most 4000 characters.');
  }
}

/** Null for one that never ends, and for what is no duration. */
export function timeoutMs({ timeout }: ConstraintConfig): number | null {
  if (typeof timeout !== 'string') return null;
  const duration = Duration.fromISO(timeout);
  const milliseconds = duration.isValid ? duration.toMillis() : 0;
  return milliseconds > 0 && milliseconds <= longestTimeoutMs ? milliseconds : null;
}

function checkNotification(given: unknown, path: string, tell: Tell): void {
  if (!isJsonObject(given)) {
    tell(path, 'A notification is an object with a type and an address.');
    return;
  }
  const { type, address } = given;
  if (typeof type !== 'string' || !channels.has(type)) tell(`${path}.type`, 'It is slack, email or webhook.');
  if (typeof address !== 'string' || address.trim() === '' || address.length > 500) {
    tell(`${path}.address`, 'Name the channel or address to notify.');
  }
}

function tellTwice(list: readonly Fields[], key: 'name' | 'reference', tell: Tell): void {
  const kind = key === 'name' ? 'environments' : 'artifacts';
  const seen = new Set<unknown>();
  for (const [at, each] of list.entries()) {
    if (each[key] !== undefined && seen.has(each[key])) tell(`${kind}[${at}].${key}`, 'Another one has it, too.');
    seen.add(each[key]);
  }
}

/** What they depend on is there, and they do not wait for each other in a circle. */
function checkOrder(given: readonly Fields[], tell: Tell): void {
  const environments = given as unknown as readonly EnvironmentConfig[];
  const known = new Set(environments.map(({ name }) => name));
  let whole = true;
  for (const [at, { constraints }] of environments.entries()) {
    for (const [index, each] of constraints.entries()) {
      if (each.type !== dependsOn || known.has(String(each['environment']))) continue;
      whole = false;
      const path = `environments[${at}].constraints[${index}].environment`;
      tell(path, `There is no environment "${String(each['environment'])}".`);
    }
  }
  if (!whole) return;
  const nodes = environments.map((each) => ({
    refId: each.name,
    requisites: environmentsBefore(each),
    failsAtEnd: false,
  }));
  const circle = findCircle(nodes);
  if (circle === null) return;
  const at = environments.findIndex(({ name }) => name === circle[0]);
  tell(
    `environments[${at}].constraints`,
    `Environments wait for each other in a circle: ${[...circle, circle[0]].join(' → ')}.`,
  );
}
