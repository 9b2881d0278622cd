/** One environment variable: what it means, how its text is read, and what holds when it is unset. */
export interface Setting<Value> {
  readonly name: string;
  readonly description: string;
  /** Shown in the reference; the parsed value of an unset variable comes from `absent`. */
  readonly defaultText: string;
  readonly secret: boolean;
  readonly absent: Value;
  /** Throws an Error whose message completes "NAME …". */
  readonly parse: (text: string) => Value;
}

interface Options<Absent> {
  readonly description: string;
  readonly default: Absent;
  readonly secret?: boolean;
}

export function textSetting<Absent extends string | null>(
  name: string,
  options: Options<Absent>,
): Setting<string | Absent> {
  return declare<string | Absent>(name, options, (text) => text);
}

export function integerSetting(
  name: string,
  options: Options<number> & { readonly minimum: number; readonly maximum: number },
): Setting<number> {
  return declare<number>(name, options, (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < options.minimum || value > options.maximum) {
      throw new Error(`must be a whole number from ${options.minimum} to ${options.maximum}`);
    }
    return value;
  });
}

export function choiceSetting<Choice extends string, Absent extends Choice | null>(
  name: string,
  options: Options<Absent> & { readonly choices: readonly Choice[] },
): Setting<Choice | Absent> {
  return declare<Choice | Absent>(name, options, (text) => {
    const found = options.choices.find((choice) => choice === text);
    if (found === undefined) throw new Error(`must be one of ${options.choices.join(', ')}`);
    return found;
  });
}

/** An absolute http or https address without a trailing slash. */
export function addressSetting<Absent extends string | null>(
  name: string,
  options: Options<Absent>,
): Setting<string | Absent> {
  return declare<string | Absent>(name, options, (text) => {
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new Error('must be an http(s) address');
    return text.replace(/\/+$/, '');
  });
}

export function listSetting(name: string, options: Options<readonly string[]>): Setting<readonly string[]> {
  return declare<readonly string[]>(name, options, (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
}

function declare<Value>(name: string, options: Options<Value>, parse: (text: string) => Value): Setting<Value> {
  const shown = Array.isArray(options.default) ? options.default.join(',') : String(options.default ?? '');
  return {
    name,
    description: options.description,
    defaultText: shown,
    secret: options.secret ?? false,
    absent: options.default,
    parse,
  };
}
