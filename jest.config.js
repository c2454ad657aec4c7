import { rooms } from './scripts/rooms.mjs';

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
  transformIgnorePatterns: ['/node_modules/(?!@nestjs/)'],
  moduleNameMapper: {
    ...Object.fromEntries(rooms.map((room) => [`^@givc/${room}$`, `<rootDir>/libs/${room}/src/index.ts`])),
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
  projects: [project('unit', 'apps', 'libs'), project('e2e', 'test/e2e'), project('lab', 'test/lab')],
};
