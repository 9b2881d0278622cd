import { defineConfig } from 'oxlint';

const tests = ['**/*.test.{ts,tsx}', 'src/testing/**'];
/** Programs around the product: they may read the environment, print, and call the server over HTTP. */
const surroundings = [
  'bin/**',
  'tools/**',
  'bench/**',
  'examples/**',
  '*.config.ts',
  'web/*.config.{ts,js}',
  'web/dev/**',
];

const clientNames = ['request', 'get', 'Agent', 'globalAgent', 'ClientRequest', 'default'];
const egressOnly = 'Outgoing calls go through src/platform/egress, which guards addresses, time and size.';

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest', 'react', 'jsx-a11y'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  // web/public is served as it is, to browsers of any age.
  ignorePatterns: ['node_modules', 'web/dist', 'web/public', 'coverage', '.quayside'],
  rules: {
    // Size and shape: exceptions only here, each with its reason.
    'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
    'max-lines-per-function': ['error', { max: 60, skipComments: true, IIFEs: true }],
    'max-params': ['error', { max: 4 }],
    'max-depth': ['error', { max: 4 }],
    complexity: ['error', { max: 15 }],
    'max-classes-per-file': 'error',

    // One way to do each thing.
    'import/no-default-export': 'error',
    'import/no-cycle': 'error',
    'import/no-commonjs': 'error',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/prefer-node-protocol': 'error',
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-var': 'error',
    'no-param-reassign': 'error',
    'no-console': 'error',
    'no-alert': 'error',
    'no-else-return': 'error',

    // What the compiler alone lets pass.
    'typescript/no-explicit-any': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/ban-ts-comment': 'error',
    'typescript/no-deprecated': 'error',
    'typescript/use-unknown-in-catch-callback-variable': 'error',
    'no-fallthrough': 'error',

    // Things that only one place may do.
    'node/no-process-env': 'error',
    'unicorn/no-process-exit': 'error',
    'no-restricted-globals': [
      'error',
      { name: 'fetch', message: egressOnly },
      { name: 'XMLHttpRequest', message: egressOnly },
    ],
    'no-restricted-properties': [
      'error',
      { object: 'globalThis', property: 'fetch', message: egressOnly },
      { object: 'Date', property: 'now', message: 'Time comes from a Clock (src/platform/clock.ts).' },
    ],
    'no-restricted-imports': [
      'error',
      {
        paths: [
          { name: 'undici', message: egressOnly },
          { name: 'node:http', importNames: clientNames, message: egressOnly },
          { name: 'node:https', importNames: clientNames, message: egressOnly },
          { name: 'node:http2', message: egressOnly },
        ],
        patterns: [{ group: ['#testing/*'], message: 'Only tests may import src/testing.' }],
      },
    ],

    // Loops that await are how order and back-pressure are kept here.
    'no-await-in-loop': 'off',
    'oxc/no-map-spread': 'off',
    'oxc/no-async-endpoint-handlers': 'off',
    'no-underscore-dangle': 'off',
    'promise/always-return': 'off',
    'promise/no-callback-in-promise': 'off',
    // Cannot see that a method and its body come from one place.
    'unicorn/no-invalid-fetch-options': 'off',
    // Takes every `postMessage` for the one between windows; Slack has one, too.
    'unicorn/require-post-message-target-origin': 'off',
    // Input is checked against a schema and then asserted; this rule sees only the assertion.
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/consistent-function-scoping': 'off',
    // Removes assertions that inference needs.
    'typescript/no-unnecessary-type-assertion': 'off',
    // Objects here are closures; there is no `this` to lose.
    'typescript/unbound-method': 'off',
    // `fc.assert` and the like are how those libraries are meant to be read.
    'import/no-named-as-default': 'off',
    'import/no-named-as-default-member': 'off',
    // `noImplicitReturns` sees the same without stumbling over promises of nothing.
    'typescript/consistent-return': 'off',
    // Blind to a variable that a callback changes.
    'no-unmodified-loop-condition': 'off',
    // "No tables known" is meant so: statements are typed by their rows.
    'typescript/no-generated-empty-object-type': 'off',
    // The compiler's `jsx: react-jsx` imports React.
    'react/react-in-jsx-scope': 'off',
    // Styles and fonts are imported for their effect.
    'import/no-unassigned-import': [
      'error',
      { allow: ['**/*.css', '@fontsource-variable/*', '@mantine/*/styles.css'] },
    ],
  },
  overrides: [
    {
      files: tests,
      rules: {
        'max-lines': ['error', { max: 600 }],
        'max-lines-per-function': 'off',
        'unicorn/no-array-fill-with-reference-type': 'off',
        // Bodies are read as they come, and `expect.any` is what it says.
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
        'vitest/no-conditional-expect': 'off',
        'vitest/require-to-throw-message': 'off',
        'node/no-process-env': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
        'no-restricted-imports': 'off',
        // Awaited later, on purpose, where a test looks at what happens meanwhile.
        'vitest/valid-expect': 'off',
        'vitest/no-restricted-vi-methods': [
          'error',
          Object.fromEntries(
            ['mock', 'doMock', 'hoisted', 'importMock'].map((name) => [
              name,
              'No module mocks: use a real counterpart on loopback, or pass the dependency in.',
            ]),
          ),
        ],
      },
    },
    {
      files: surroundings,
      rules: {
        'no-console': 'off',
        'node/no-process-env': 'off',
        'unicorn/no-process-exit': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
        'no-restricted-imports': 'off',
        complexity: ['error', { max: 25 }],
        'max-params': ['error', 5],
      },
    },
    {
      // What the outside world reaches us by, and we it: their own rules are the point of these folders.
      files: ['src/platform/egress/**', 'src/cli/**', 'src/sample/counterparts/**'],
      rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off', 'no-restricted-properties': 'off' },
    },
    {
      // Routes are declared as data: a list is as long as there are routes.
      files: ['src/**/routes.ts', 'src/**/*-routes.ts'],
      rules: { 'max-lines-per-function': ['error', { max: 150, skipComments: true }] },
    },
    {
      // Servers with their state: a function that holds it and returns what can be done with it. This list may shrink.
      files: [
        'src/platform/egress/{egress,exchange}.ts',
        'src/platform/jobs/job-runner.ts',
        'src/app/build-app.ts',
        'src/sample/counterparts/**',
      ],
      rules: { 'max-lines-per-function': ['error', { max: 110, skipComments: true }], 'max-params': ['error', 5] },
    },
    {
      // Lines of a log, blocks of a message, conditions of a rule: position is all the identity they have.
      files: ['web/src/**'],
      rules: { 'react/no-array-index-key': 'off' },
    },
    { files: ['src/platform/config/**'], rules: { 'node/no-process-env': 'off' } },
    { files: ['src/platform/clock.ts'], rules: { 'no-restricted-properties': 'off' } },
    { files: ['src/main.ts', 'src/cli/**'], rules: { 'no-console': 'off', 'unicorn/no-process-exit': 'off' } },
    {
      // Loaded by a tool that wants a default export.
      files: [
        '*.config.ts',
        'web/*.config.{ts,js}',
        'src/testing/*-global-setup.ts',
        'web/src/i18n/locales/*/index.ts',
      ],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      // Only the browser runs these: its own fetch is the only one there, and it talks to our server alone.
      files: ['web/src/**'],
      rules: {
        'max-lines-per-function': ['error', { max: 120, skipComments: true }],
        complexity: ['error', { max: 20 }],
        // The router is told where to go by throwing.
        'typescript/only-throw-error': 'off',
        // A dialog or form begins where the person types; a scrolling region must be reachable by keyboard.
        'jsx-a11y/no-autofocus': 'off',
        'jsx-a11y/no-noninteractive-tabindex': 'off',
        'jsx-a11y/prefer-tag-over-role': 'off',
        // For the React compiler, which is not used; the last is the double of exhaustive-deps.
        'react/incompatible-library': 'off',
        'react/set-state-in-effect': 'off',
        'react/static-components': 'off',
        'react/exhaustive-effect-dependencies': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
      },
    },
  ],
});
