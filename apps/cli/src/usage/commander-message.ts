// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The messages of commander 11.1.0 about bad usage, in the style of all others; guarded by cli.spec.ts.
import { unknownOption } from './unknown-word.js';
import type { Command } from './usage.js';

const prefix = 'error: ';

/** The message without its prefix, line ends and full stops, and with double quotes; other texts are not changed. */
export function commanderMessage(text: string, command: Command): string {
  if (!text.startsWith(prefix)) return text;
  const message = text.slice(prefix.length).trim();
  const [, flag] = /^unknown option '(.*)'$/s.exec(message) ?? [];
  if (flag !== undefined) return unknownOption(flag, command);
  return message
    .replace(/'([^']*)'/g, '"$1"')
    .replace(/\. Expected /, ': expected ')
    .replace(/\.$/, '');
}
