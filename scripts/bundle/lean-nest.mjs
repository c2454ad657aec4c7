// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// An esbuild plugin that leaves out what no program uses of Nest and rxjs: half of the source text, and a quarter of
// the live heap of an agent. The build fails when a file or a text that it replaces has changed.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { patched } from './patched.mjs';

/** Modules of Nest that become classes without content: HTTP applications, and transports for other servers. */
const empty = {
  '@nestjs/core/nest-application.js': 'NestApplication',
  '@nestjs/microservices/server/server-factory.js': 'ServerFactory',
  '@nestjs/microservices/client/client-proxy-factory.js': 'ClientProxyFactory',
};

/**
 * Nest imports this package, whole, when it creates a server; it needs one class of it. Otherwise esbuild would keep
 * every module of the package, and a getter for each of their exports.
 */
const factory = {
  "() => import('@nestjs/microservices')": '() => Promise.resolve({ NestMicroservice: Microservice })',
};
const factoryImport =
  "import { NestMicroservice as Microservice } from '@nestjs/microservices/nest-microservice.js';\n";

/** The formatters of dates in Nest's own loggers, which no program uses, take 10 ms and load data of ICU. */
const logger = {
  'const dateTimeFormatter = new Intl.DateTimeFormat(undefined, {': 'const dateTimeOptions = {',
  "month: '2-digit',\n});": "month: '2-digit',\n};",
  'dateTimeFormatter.format(': 'new Intl.DateTimeFormat(undefined, dateTimeOptions).format(',
};

/** The ES modules of rxjs, of which only the used functions are kept; for Node, rxjs exports CommonJS modules. */
const rxjs = { rxjs: 'dist/esm/index.js', 'rxjs/operators': 'dist/esm/operators/index.js' };

/** `isServer`: whether the program is a server of Nest. */
export const leanNest = ({ modules, isServer }) => ({
  name: 'lean-nest',
  setup(bundle) {
    bundle.onResolve({ filter: /^rxjs(\/operators)?$/ }, ({ path }) => ({
      path: join(modules, 'rxjs', rxjs[path]),
      sideEffects: false,
    }));
    // Modules of Nest define classes and functions, and have no other effect.
    bundle.onResolve(
      { filter: /^(@nestjs\/|nest-commander|@golevelup\/|\.)/ },
      async ({ path, pluginData, ...from }) => {
        const isOfNest =
          !path.startsWith('.') || /\/node_modules\/(@nestjs|nest-commander|@golevelup)\//.test(from.importer);
        if (!isOfNest || pluginData === 'lean-nest') return undefined;
        const found = await bundle.resolve(path, { ...from, pluginData: 'lean-nest' });
        return found.namespace === 'file' ? { ...found, sideEffects: false } : found;
      },
    );
    for (const [name, exported] of Object.entries(empty)) {
      if (!readFileSync(join(modules, name), 'utf8').includes(`export class ${exported} `))
        throw new Error(`cannot leave out ${name}: it does not export ${exported}`);
      bundle.onLoad({ filter: new RegExp(`/node_modules/${name.replaceAll('.', '\\.')}$`) }, () => ({
        contents: `export class ${exported} {}`,
      }));
    }
    bundle.onLoad({ filter: /\/@nestjs\/common\/services\/(console-)?logger\.service\.js$/ }, ({ path }) => ({
      contents: patched(path, logger),
      resolveDir: dirname(path),
    }));
    if (!isServer) return;
    bundle.onLoad({ filter: /\/@nestjs\/core\/nest-factory\.js$/ }, ({ path }) => ({
      contents: factoryImport + patched(path, factory),
      resolveDir: dirname(path),
    }));
  },
});
