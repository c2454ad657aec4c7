// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { ssidBytes, ssidNames, ssidText } from '../../apps/agent/src/wifi/ssid.js';
import { target } from './engine/target.js';
import { bytesLike, texts } from './engine/texts.js';

const names = ['cafe', 'Käsekuchen', '\\x00\\xff', 'a\\\\x41', '\u202eevil', 'x'.repeat(32), '\\x5cx41'];
const words = ['\\x', '\\x5c', '\\', 'x41', '\0', '\xff', '\xe2\x80\xae'];

export const ssids = target({
  ...{
    name: 'ssids',
    parses: 'ssidText and ssidBytes of apps/agent: the names that access points send',
    rejection: 'never',
  },
  input: bytesLike(
    names.map((name) => Buffer.from(name)),
    words,
  ).map((bytes) => bytes.subarray(0, 64)),
  parse: (bytes) => ssidText(bytes),
  accepted: (text, bytes) => {
    assert.doesNotMatch(text, /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/u);
    if (bytes.every((byte) => byte === 0)) assert.equal(text, '');
    else assert.deepEqual(ssidBytes(text), bytes);
  },
});

export const ssidsOfCallers = target({
  ...{
    name: 'ssids-of-callers',
    parses: 'ssidNames of apps/agent: the names that callers write',
    input: texts(names, words),
    rejection: 'never',
  },
  pump: { seeds: names, input: (text) => text },
  outputMax: 512,
  parse: (text) => ssidNames(text),
  accepted: (found, text) => {
    assert(found.length <= 2);
    for (const name of found) {
      assert(ssidBytes(name).length >= 1 && ssidBytes(name).length <= 32);
      assert.equal(ssidText(ssidBytes(name)), name);
    }
    if (/^[a-z]{1,32}$/.test(text)) assert.deepEqual(found, [text]);
  },
});
