// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// An esbuild plugin by which the codec of protobuf makes its view of memory on first use: a snapshot of the heap of V8
// contains the address of one that exists, which differs from build to build. The build fails when the text changes.
import { patched } from './patched.mjs';

const lazyView = {
  'const dv = new DataView(new ArrayBuffer(8));':
    'let view;\n    const dv = () => (view ??= new DataView(new ArrayBuffer(8)));',
  'typeof dv.': 'typeof DataView.prototype.',
  ' dv.': ' dv().',
};

export const leanProtobuf = {
  name: 'lean-protobuf',
  setup(bundle) {
    const filter = /\/@bufbuild\/protobuf\/dist\/esm\/proto-int64\.js$/;
    bundle.onLoad({ filter }, ({ path }) => ({
      contents: patched(path, lazyView),
      resolveDir: path.slice(0, path.lastIndexOf('/')),
    }));
  },
};
