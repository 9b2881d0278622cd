/**
 * Which module may know which, and what files a module is made of. `tools/check-boundaries.ts` holds the code to it
 * and prints the table for ARCHITECTURE.md. Names of modules are folders of `src/`, and `web`.
 */

/**
 * Beside what is listed, every module may import `platform` and `access`. `a:part` stands for files of `a` whose
 * name ends in `part`, `*` for every module.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  access: ['platform'],
  organisation: [],
  catalog: [],
  scorecards: ['catalog', 'approvals'],
  approvals: [],
  runs: ['catalog', 'approvals'],
  actions: ['catalog', 'approvals', 'runs'],
  integrations: ['catalog', 'runs', 'actions:contract'],
  pipelines: ['catalog', 'scorecards', 'approvals', 'runs', 'actions'],
  deliveries: ['catalog'],
  webhooks: ['catalog'],
  pages: ['catalog', 'scorecards'],
  history: ['*:queries', '*:contract'],
  home: ['catalog', 'runs', 'scorecards', 'history'],
  slack: ['*'],
  sample: ['*'],
  cli: ['*:contract', 'slack', 'scorecards'],
  app: ['*'],
  testing: ['*'],
  seeds: ['*'],
  web: ['*:contract'],
};

/** These know nothing beside themselves and what is listed for them; web runs in a browser. */
export const withoutImplied: ReadonlySet<string> = new Set(['platform', 'access', 'web']);

/** Modules whose files are named freely: parts of a machine, or the words of another system. */
export const freelyNamed: ReadonlySet<string> = new Set([
  'platform',
  'app',
  'testing',
  'seeds',
  'sample',
  'cli',
  'web',
  'integrations',
]);

/** Said of nothing in particular, so they collect everything. */
export const bannedNames =
  /^(utils?|helpers?|common|types|misc|shared|manager|impl|index|data)$|-(utils?|helpers?|manager|impl)$/;

/** Files of a module other than commands. A noun in front is welcome: `people-queries.ts`, `team-store.ts`. */
export const roles: readonly string[] = [
  'module',
  'contract',
  'events',
  'permissions',
  'queries',
  'rules',
  'store',
  'reactions',
  'jobs',
  'routes',
  'config',
  'client',
  'errors',
  'words',
  'message',
  'view',
];

/** Seen by the module itself alone; `module.ts` also by `src/app`. */
export const privateRoles: ReadonlySet<string> = new Set(['module', 'store', 'reactions', 'jobs', 'routes']);

/** What a command or another function of one verb may be called: `<verb>-<noun>.ts`. */
export const verbs: readonly string[] = `
  add admit advance aggregate append apply approve attach authenticate authorize
  bootstrap build
  cancel change check choose claim compile compute create
  decide delegate delete deliver derive describe dispatch
  end escape evaluate execute expire export
  find fire fix follow format
  give grade
  hide
  identify import infer ingest invite invoke issue
  judge
  keep
  link list listen load lock
  merge migrate
  notify
  open order
  parse patch pause plan post present preview project provision publish purge
  read rebuild receive recompute record redeliver refresh register relay remind remove rename render renew replace replay report request rerun resend reset resolve restart retry reveal revoke rotate run
  save schedule score search select send set sign skip split start stop store submit sync
  take tell test translate
  unlock update upsert
  validate verify visit
  walk watch write
`
  .trim()
  .split(/\s+/);

/** Files outside the vocabulary, each with its reason. */
export const ownNames: readonly RegExp[] = [
  // One folder per language, put together by its index.
  /^web\/src\/i18n\/locales\//,
  // Slack's Block Kit: a function from a view to blocks, named after what the message shows.
  /^src\/slack\/blocks\//,
  // The one way to Slack's servers, handed in so that the portal goes through egress and the CLI does not.
  /^src\/slack\/slack-http\./,
  // A thing of the module as it is held in memory, with what is always true of it.
  /^src\/catalog\/blueprint-document\./,
  /^src\/access\/(access-token|person)\./,
  /^src\/slack\/(connection|interaction)\./,
  // The rule language: the parts of a small compiler.
  /^src\/catalog\/rules\//,
  /^src\/actions\/action\./,
  /^src\/approvals\/approval\./,
  /^src\/scorecards\/(scorecard|exemption)\./,
  /^src\/pages\/page\./,
  /^src\/pipelines\/(pipeline|execution|environments\/delivery-config|templates\/template|preconfigured\/preconfigured-webhook)\./,
  // One file per type of stage, named after it, and what they share.
  /^src\/pipelines\/stages\//,
  // What performs a run, implemented by integrations and handed over in src/app/modules.ts.
  /^src\/(runs|slack)\/((reminder|message)-)?backend\./,
];

/** Text that only the named files may contain. */
export const restrictedText: readonly { readonly text: RegExp; readonly only: RegExp; readonly why: string }[] = [
  {
    text: /new Date\(\)/,
    only: /^src\/(platform\/(clock\.ts|postgres\/)|sample\/counterparts\/|cli\/|testing\/)|^web\//,
    why: 'Time comes from a Clock.',
  },
];
