// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Path } from './json-config.js';

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

interface Frame {
  readonly isArray: boolean;
  key: PropertyKey | undefined;
}

/** The lines of the values of a JSON text that is valid, counted from 1; undefined for a path that it does not have. */
export function jsonLines(text: string): (path: Path) => number | undefined {
  const lines = new Map<string, number>();
  const frames: Frame[] = [];
  let line = 1;
  let end = 0;
  for (const { 0: word, index } of text.matchAll(token)) {
    line += text.slice(end, index).split('\n').length - 1;
    end = index;
    const frame = frames.at(-1);
    if (word === '}' || word === ']') frames.pop();
    else if (word === ',') {
      if (frame) frame.key = frame.isArray ? Number(frame.key) + 1 : undefined;
    } else if (word !== ':') {
      if (frame && !frame.isArray && frame.key === undefined) frame.key = JSON.parse(word) as string;
      else {
        lines.set(JSON.stringify(frames.map(({ key }) => key)), line);
        if (word === '{') frames.push({ isArray: false, key: undefined });
        if (word === '[') frames.push({ isArray: true, key: 0 });
      }
    }
  }
  return (path) => lines.get(JSON.stringify(path));
}
