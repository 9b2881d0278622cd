import type { Setting } from './setting.ts';

export type Settings = Readonly<Record<string, Setting<unknown>>>;

export type Values<Declared extends Settings> = {
  readonly [Key in keyof Declared]: Declared[Key] extends Setting<infer Value> ? Value : never;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** All mistakes in the environment at once, so that a person fixes them in one go. Values are not echoed. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`Some settings cannot be used:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

/** Reads declared settings; an empty variable counts as unset; an unknown QUAYSIDE_ variable is a mistake. */
export function loadConfig<Declared extends Settings>(declared: Declared, environment: Environment): Values<Declared> {
  const mistakes: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(declared)) {
    const text = environment[setting.name];
    try {
      values[key] = text === undefined || text === '' ? setting.absent : setting.parse(text);
    } catch (error) {
      mistakes.push(`${setting.name} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const known = new Set(Object.values(declared).map((setting) => setting.name));
  for (const name of Object.keys(environment)) {
    if (name.startsWith('QUAYSIDE_') && !known.has(name) && !reservedNames.test(name)) {
      mistakes.push(`${name} is not a setting of Quayside`);
    }
  }
  if (mistakes.length > 0) throw new ConfigProblem(mistakes);
  return values as Values<Declared>;
}

/** Read by the test runner and tools, not by the program. */
const reservedNames = /^QUAYSIDE_(TEST|BENCH)_/;

/** The only place where the program reads its environment. */
export function processEnvironment(): Environment {
  return process.env;
}
