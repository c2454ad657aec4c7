// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { bufferedChunks } from './buffered-chunks.js';

describe('the chunks that a stream keeps', () => {
  it('are counted until they are read', () => {
    const stream = new Readable({ read: () => undefined });
    for (const text of ['a', 'bc', 'def']) stream.push(text);
    expect(bufferedChunks(stream)).toBe(3);
    stream.read();
    expect(bufferedChunks(stream)).toBe(0);
  });
});
