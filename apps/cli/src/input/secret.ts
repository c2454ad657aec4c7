// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { GivcError, invalid, systemErrorText } from '@givc/model';
import { readGiven } from './read-given.js';
import { readStdin } from './stdin.js';

const secretMax = 4_096;

/** The source of a secret; never an argument, which every user of the machine could read. */
export interface SecretSource {
  readonly fromStdin?: boolean;
  readonly file?: string;
  /** The prompt at a terminal. */
  readonly prompt: string;
}

/**
 * The first line of the file or of stdin, else the line that is typed without an echo; empty when there is neither.
 * INVALID_ARGUMENT when the file cannot be read, CANCELLED when the prompt is cancelled.
 */
export async function readSecret({ fromStdin, file, prompt }: SecretSource): Promise<string> {
  if (file !== undefined) return firstLine(readFile(file));
  if (fromStdin) return firstLine((await readStdin('the password', secretMax)).toString());
  return process.stdin.isTTY ? ask(prompt) : '';
}

const firstLine = (text: string): string => /^[^\r\n]*/.exec(text)![0];

function readFile(file: string): string {
  try {
    return readGiven(file);
  } catch (error) {
    throw invalid('--password-file', `cannot read ${file}: ${systemErrorText(error)}`);
  }
}

async function ask(prompt: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  const leaving = new AbortController();
  lines.once('SIGINT', () => leaving.abort());
  lines.once('close', () => leaving.abort());
  process.stderr.write(prompt);
  try {
    return await lines.question('', { signal: leaving.signal });
  } catch (error) {
    throw new GivcError('CANCELLED', 'no password was given', { cause: error });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
