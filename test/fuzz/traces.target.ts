// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { parseTraceContext, parseTraceId, traceHeaders } from '@givc/trace';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parents = [
  `00-${traceId}-00f067aa0ba902b7-01`,
  `00-${traceId}-00f067aa0ba902b7-00`,
  `cc-${traceId}-00f067aa0ba902b7-ff-more`,
  `ff-${traceId}-00f067aa0ba902b7-01`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
];
const words = ['-', '00', 'ff', '0'.repeat(16), 'F', ', ', '\n', '\0', '\u202e', 'x'.repeat(600)];

export const traceContexts = target({
  name: 'trace-contexts',
  parses: 'parseTraceContext of libs/trace: the metadata traceparent and tracestate of every call',
  input: texts(parents, words),
  rejection: 'never',
  pump: { seeds: parents, input: (text) => text },
  outputMax: 1_024,
  parse: (text) => parseTraceContext(text, text),
  accepted: (context, text) => {
    if (!context) return assert(!/^00-[1-9a-f]{32}-[1-9a-f]{16}-[0-9a-f]{2}$/.test(text));
    assert.match(context.parent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    assert.equal(context.traceId, context.parent.slice(3, 35));
    assert.equal(context.parent.slice(2, 52), text.slice(2, 52));
    if (context.state !== undefined) assert.match(context.state, /^[ -~]{1,512}$/);
    const { traceparent, tracestate } = traceHeaders(context);
    assert.deepEqual(parseTraceContext(traceparent, tracestate), context);
  },
});

export const traceIds = target({
  name: 'trace-ids',
  parses: 'parseTraceId of libs/trace: the trace whose events a caller wants',
  input: texts([traceId, '0'.repeat(32), traceId.toUpperCase()], words),
  pump: { seeds: [traceId], input: (text) => text },
  parse: (text) => parseTraceId('trace', text),
  accepted: (id, text) => {
    assert.equal(id, text);
    assert.match(id, /^[0-9a-f]{32}$/);
  },
});
