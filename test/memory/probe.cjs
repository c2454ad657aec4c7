// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Loaded into a program that is measured: at SIGUSR2 it writes the contents of its heap to stderr, as one line of JSON.
const { Buffer } = require('node:buffer');
const v8 = require('node:v8');

/** The bytes of live objects in a heap snapshot, by the type that V8 gives them. */
function liveBytes({ snapshot, nodes }) {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  const bytes = {};
  for (let at = 0; at < nodes.length; at += fields.length) {
    const name = types[0][nodes[at + type]];
    bytes[name] = (bytes[name] ?? 0) + nodes[at + size];
  }
  return bytes;
}

process.on('SIGUSR2', () => {
  const committed = v8.getHeapStatistics().total_physical_size;
  const chunks = [];
  v8.getHeapSnapshot()
    .on('data', (chunk) => chunks.push(chunk))
    .on('end', () => {
      const live = liveBytes(JSON.parse(Buffer.concat(chunks).toString()));
      process.stderr.write(`heap ${JSON.stringify({ committed, live })}\n`);
    });
});
