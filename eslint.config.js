// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { libraries as libs } from './scripts/libraries.mjs';

const apps = ['admin', 'agent', 'cli'];

// A library imports only the libraries before it in the list. The test harness, which is the last, also imports the
// modules of the daemons that it starts; no app and no other library imports the harness. Only the command line and
// tests sign certificates.
const direction = [
  ...libs.map((lib, index) => ({
    target: `./libs/${lib}`,
    from: [
      ...libs.slice(index + 1).map((later) => `./libs/${later}`),
      ...(lib === 'testing' ? ['./apps/cli', './test'] : ['./apps', './test']),
    ],
    message: `libs/${lib} may use only ${libs.slice(0, index).join(', ') || 'nothing of ours'}.`,
  })),
  ...apps.map((app) => ({
    target: `./apps/${app}`,
    from: [...apps.filter((other) => other !== app).map((other) => `./apps/${other}`), './libs/testing', './test'],
    message: 'An app uses libraries only.',
  })),
  ...['./libs/client', './apps/admin', './apps/agent'].map((target) => ({
    target,
    from: './libs/pki',
    message: 'No daemon and no client carries signing code.',
  })),
];

// A test asserts what happens and in which order, not how long it takes: npm run bench measures that. A file that uses
// fake timers has a virtual clock, which it may read.
const realClock = 'Program:not(:has(CallExpression[callee.property.name="useFakeTimers"]))';
const now = '[callee.object.name="Date"][callee.property.name="now"]';
const noWallClock = [
  [`${realClock} MemberExpression[object.name="performance"][property.name="now"]`, 'A test does not read a clock.'],
  [`${realClock} MemberExpression[object.name="process"][property.name="hrtime"]`, 'A test does not read a clock.'],
  [`${realClock} VariableDeclarator > CallExpression.init${now}`, 'A test does not read a clock to compare it later.'],
  [
    `${realClock} CallExpression[callee.name="expect"] > BinaryExpression[operator="-"] > CallExpression.left${now}`,
    'A test does not assert how long something takes.',
  ],
  [`${realClock} NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"]`, 'Await an event.'],
  [
    'ImportDeclaration[source.value=/timers.promises$/] ImportSpecifier[imported.name=/^(setTimeout|scheduler)$/]',
    'Await an event.',
  ],
  ['CallExpression[callee.object.name="jest"][callee.property.name="setTimeout"]', 'jest.config.js has the limit.'],
  [
    'CallExpression:matches([callee.name=/^(it|test|(before|after)(All|Each))$/], [callee.callee.object.name=/^(it|test)$/]) > Literal[raw=/^[0-9]/]',
    'jest.config.js has the limit.',
  ],
].map(([selector, message]) => ({ selector, message }));

// Files that use a private part of a dependency or of Node, one for each quirk, with a spec that fails when that part
// changes.
const quarantine = [
  'libs/rpc/src/node/**',
  'libs/dbus/src/dbus-next/**',
  'libs/pki/src/node-forge/**',
  'libs/vsock/src/named-socket.ts',
  'apps/cli/src/nest-commander/**',
  'test/lab/stalled-client.ts',
];
const privatePart =
  'A private part of a dependency or of Node is used in a file of its own: see quarantine in eslint.config.js.';
const noPrivateParts = [
  // Our own private members are #members. The stream methods that our classes must define are not looked up by these
  // selectors.
  'MemberExpression[computed=false][property.name=/^_[a-zA-Z]/]',
  'MemberExpression[computed=true] > Literal.property[value=/^_[a-zA-Z]/]',
  'ObjectPattern > Property[key.name=/^_[a-zA-Z]/]',
  'TSPropertySignature[key.name=/^_[a-zA-Z]/]',
  'TSIndexedAccessType > TSLiteralType > Literal[value=/^_[a-zA-Z]/]',
  'CallExpression[callee.property.name="getOwnPropertySymbols"]',
].map((selector) => ({ selector, message: privatePart }));
/** A cast that claims properties which the object's type does not have. */
const noOtherShape = {
  selector:
    'TSAsExpression[typeAnnotation.type="TSTypeLiteral"] > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]',
  message: privatePart,
};

const pastIndex = [
  { group: ['@givc/*/*', '**/libs/**'], message: 'Import a library by its index.ts: @givc/NAME.' },
  { group: ['./index.js', '../index.js'], message: 'Within a library, import the file itself, not its index.ts.' },
];
const grpcJs = {
  group: ['@grpc/grpc-js', '@grpc/grpc-js/**'],
  message: 'grpc-js is a foreign peer of tests: use @givc/rpc.',
};
const dbusNext = { regex: '^dbus-next(/|$)', message: 'dbus-next stays inside libs/dbus/src/dbus-next.' };
const nodeForge = { regex: '^node-forge(/|$)', message: 'node-forge stays inside libs/pki/src/node-forge.' };
const privateFile = { regex: '^(@[^/]+/)?[^./@][^/]*/(lib|build|dist|src)/', message: privatePart };
const imports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns: [...pastIndex, ...patterns] }] });

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'libs/rpc/src/generated/', 'site/.astro/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: direction }],
      ...imports(privateFile),
      'no-restricted-syntax': ['error', ...noPrivateParts],
    },
  },
  {
    // Specs and fixtures stand in for the calls of grpc-js, and some are peers that do what libs/rpc never does.
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: {
      ...imports(privateFile, grpcJs, dbusNext, nodeForge),
      'no-restricted-syntax': ['error', ...noPrivateParts, noOtherShape],
    },
  },
  {
    files: ['libs/rpc/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: imports(privateFile, dbusNext, nodeForge),
  },
  { rules: { 'max-lines': ['error', 300] } },
  {
    // Comments are wrapped by hand: prettier formats code only.
    files: ['**/*.{ts,js,mjs,cjs}'],
    rules: { 'max-len': ['error', { code: 1000, comments: 120, ignoreUrls: true }] },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { __dirname: 'readonly', module: 'writable', process: 'readonly', require: 'readonly' },
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  {
    // A target fuzzes a single parser, which its library often does not export; the spec beside the parser imports it
    // in the same way. The contract suites of systemd, vsock and input devices are test code of their libraries.
    files: [
      ...['test/fuzz/*.target.ts', 'test/lab/real-systemd.ts', 'test/lab/systemd-contract.spec.ts'],
      ...['test/kernel/vsock.spec.ts', 'test/kernel/event-devices.spec.ts'],
    ],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'test/{e2e,fuzz,simulation}/**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noWallClock, ...noPrivateParts] },
  },
  { files: quarantine, rules: { ...imports(), 'no-restricted-syntax': ['error', ...noWallClock] } },
);
