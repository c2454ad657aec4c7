// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { libraries } from './scripts/libraries.mjs';

const common = {
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata'],
  // Nest is ESM; jest runs the tests as CommonJS, so it is compiled like our own code.
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|github-slugger)/)'],
  moduleNameMapper: {
    ...Object.fromEntries(libraries.map((name) => [`^@givc/${name}$`, `<rootDir>/libs/${name}/src/index.ts`])),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

const project = (name, ...folders) => ({
  ...common,
  displayName: name,
  roots: folders.map((folder) => `<rootDir>/${folder}`),
  testMatch: ['**/*.spec.ts'],
});

export default {
  // One generous limit for every test: it ends a test that hangs, and measures nothing.
  testTimeout: 30_000,
  projects: [
    project('unit', 'apps', 'libs'),
    project('e2e', 'test/e2e', 'test/fuzz', 'test/nix', 'test/simulation'),
    // Jest reads the option above for all projects alike (a global option), so that the lab has a setup file.
    { ...project('lab', 'test/lab'), setupFilesAfterEnv: ['<rootDir>/test/lab/time-limit.ts'] },
  ],
  reporters: ['default', '<rootDir>/test/lab/journal-reporter.mjs'],
};
