/** A system that backends of actions call, and what it takes to call it. */
export interface ConnectionKind {
  readonly kind: 'github' | 'gitlab' | 'azure-devops';
  readonly name: string;
  readonly icon: string;
  /** Types of invocation methods that use it. */
  readonly methods: readonly string[];
  readonly ways: readonly ConnectionWay[];
}

/** One way to be known to the other side; fields of the others are taken away when it is saved. */
export interface ConnectionWay {
  readonly way: string;
  readonly fields: readonly ConnectionField[];
}

export interface ConnectionField {
  readonly key: string;
  readonly kind: 'text' | 'secret' | 'key';
  readonly required?: boolean;
  readonly placeholder?: string;
}

const secret = (key: string, required = false): ConnectionField => ({ key, kind: 'secret', required });
const text = (key: string, placeholder: string, required = false): ConnectionField => ({
  key,
  kind: 'text',
  placeholder,
  required,
});
const githubAddress = text('apiUrl', 'https://api.github.com');

export const connectionKinds: readonly ConnectionKind[] = [
  {
    kind: 'github',
    name: 'GitHub',
    icon: 'Github',
    methods: ['GITHUB'],
    ways: [
      { way: 'token', fields: [secret('token', true), githubAddress, secret('webhookSecret')] },
      {
        way: 'app',
        fields: [
          text('appId', '123456', true),
          { key: 'privateKey', kind: 'key', required: true, placeholder: '-----BEGIN RSA PRIVATE KEY-----' },
          text('installationId', '87654321'),
          githubAddress,
          secret('webhookSecret'),
        ],
      },
    ],
  },
  {
    kind: 'gitlab',
    name: 'GitLab',
    icon: 'gitlab',
    methods: ['GITLAB'],
    ways: [{ way: 'token', fields: [text('url', 'https://gitlab.com'), secret('token'), secret('triggerToken')] }],
  },
  {
    kind: 'azure-devops',
    name: 'Azure DevOps',
    icon: 'Azure',
    methods: ['AZURE_DEVOPS', 'AZURE-DEVOPS'],
    ways: [
      {
        way: 'token',
        fields: [text('url', 'https://dev.azure.com'), text('project', ''), secret('token'), secret('webhookSecret')],
      },
    ],
  },
];

/** As the API shows it: which secrets there are, and none of them. */
export interface SavedConnection {
  readonly kind: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly version: number;
  readonly updatedAt: string;
}

export interface ConnectionChange {
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string | null>>;
}

/** The way a connection was made in; the first where there is none. */
export const wayOf = ({ ways }: ConnectionKind, saved: SavedConnection | undefined): string =>
  (saved?.settings['appId'] !== undefined ? ways.find(({ way }) => way === 'app') : ways[0])?.way ?? 'token';

/**
 * What to send: settings as a whole, secrets that were typed, null for those that are to be forgotten. What belongs to
 * another way goes; a secret that was not typed stays.
 */
export function connectionChange(
  { ways }: ConnectionKind,
  way: string,
  typed: Readonly<Record<string, string>>,
  forgotten: ReadonlySet<string>,
): ConnectionChange {
  const fields = ways.find((one) => one.way === way)?.fields ?? [];
  const isSecret = ({ kind }: ConnectionField): boolean => kind !== 'text';
  const given = (field: ConnectionField): string => (typed[field.key] ?? '').trim();
  const others = ways.flatMap((one) => one.fields).filter(({ key }) => !fields.some((field) => field.key === key));
  return {
    settings: Object.fromEntries(
      fields.filter((field) => !isSecret(field) && given(field) !== '').map((field) => [field.key, given(field)]),
    ),
    secrets: {
      ...Object.fromEntries(others.filter(isSecret).map(({ key }) => [key, null])),
      ...Object.fromEntries(fields.filter(({ key }) => forgotten.has(key)).map(({ key }) => [key, null])),
      ...Object.fromEntries(
        fields.filter((field) => isSecret(field) && given(field) !== '').map((field) => [field.key, given(field)]),
      ),
    },
  };
}
