import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

const MAX_COLUMNS = 120

const BROWSER = [
  'document',
  'HTMLDetailsElement',
  'HTMLDListElement',
  'HTMLElement',
  'HTMLFormElement',
  'HTMLImageElement',
  'HTMLInputElement',
  'HTMLOutputElement',
  'HTMLProgressElement',
  'HTMLButtonElement',
  'HTMLTextAreaElement',
  'HTMLUListElement',
  'HTMLVideoElement',
  'matchMedia',
  'sessionStorage',
  'SVGSVGElement',
  'window',
  'XMLHttpRequest'
]

export default [
  ...neostandard({ ts: true, ignores: ['dist', 'data', '.tap', '**/node_modules', 'deploy/cdk.out', '**/*.d.ts'] }),
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // `void` marks a promise that is deliberately not awaited.
      'no-void': ['error', { allowAsStatement: true }],
      // Taking the first item of an asynchronous iterator.
      'no-unreachable-loop': ['error', { ignore: ['ForOfStatement'] }],
      // A Fastify handler may be async without awaiting; the framework awaits it.
      '@typescript-eslint/require-await': 'off'
    }
  },
  {
    plugins: { '@stylistic': neostandard.plugins['@stylistic'] },
    rules: {
      // A comment is never exempt; a string that is not a template can be split.
      '@stylistic/max-len': [
        'error',
        { code: MAX_COLUMNS, ignoreUrls: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }
      ],
      '@stylistic/member-delimiter-style': [
        'error',
        { multiline: { delimiter: 'none' }, singleline: { delimiter: 'comma', requireLast: false } }
      ]
    }
  },
  {
    // Browsers run the page at / without a build.
    files: ['src/http/playground/*.js'],
    languageOptions: { globals: Object.fromEntries(BROWSER.map((name) => [name, 'readonly'])) }
  },
  {
    // tap's t.test() returns a promise that the runner itself awaits.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafePromises: [{ from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' }] }
      ]
    }
  },
  {
    // A CDK construct adds itself to the tree.
    files: ['deploy/**/*.ts'],
    rules: { 'no-new': 'off' }
  },
  {
    // Templates are JSON of any shape, and the asserts say which; Node's own runner awaits its tests itself.
    files: ['deploy/test/**/*.ts'],
    rules: {
      ...Object.fromEntries(
        [
          'no-explicit-any',
          'no-unsafe-argument',
          'no-unsafe-assignment',
          'no-unsafe-call',
          'no-unsafe-member-access',
          'no-unsafe-return'
        ].map((name) => [`@typescript-eslint/${name}`, 'off'])
      ),
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'describe'] }] }
      ]
    }
  }
]
