// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// node compile.cjs BUNDLE CACHE ARGUMENT...: runs a bundled program with these arguments and writes the compiled code
// to CACHE. The compiled code contains the path of its source, so that path is fixed here.
const { readFileSync, writeFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { Script } = require('node:vm');

const [bundle, cache] = process.argv.splice(2, 2);
const script = new Script(wrap(readFileSync(bundle, 'latin1')), { filename: '/usr/bin/givc-cli.cjs' });
process.on('exit', () => writeFileSync(cache, script.createCachedData()));
const main = { exports: {} };
script.runInThisContext().call(main.exports, main.exports, require, main, '/usr/bin/givc-cli.cjs', '/usr/bin');
