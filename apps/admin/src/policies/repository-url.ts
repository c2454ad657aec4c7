// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isAbsolute } from 'node:path';
import { invalid, quoted } from '@givc/model';
import { withoutCredentials } from './web-url.js';

/** A repository for git-fetch(1), and the only protocol that git may use for it. */
export interface Repository {
  readonly url: string;
  readonly protocol: 'https' | 'http' | 'ssh' | 'git' | 'file';
}

const byUrl = /^(https|http|ssh|git|file):\/\//;
/** `git@example.org:policies.git`, which git reaches by ssh. */
const byScp = /^[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^-\s][^\s]*$/;

/**
 * Throws INVALID_ARGUMENT that names `field` unless `value` is a URL of https, http, ssh, git or file, `USER@HOST:PATH`
 * or an absolute path. Remote helpers of git that run programs (`ext::`) are rejected, and so is a URL with a password.
 */
export function parseRepository(field: string, value: string): Repository {
  if (/[\p{Cc}\s]/u.test(value)) throw invalid(field, 'invalid repository: expected no spaces or control characters');
  if (isAbsolute(value)) return { url: value, protocol: 'file' };
  if (byScp.test(value)) return { url: value, protocol: 'ssh' };
  const protocol = byUrl.exec(value)?.[1] as Repository['protocol'] | undefined;
  if (!protocol || !URL.canParse(value))
    throw invalid(
      field,
      `invalid repository ${quoted(withoutCredentials(value))}: expected a URL of https, http, ssh, git or file, USER@HOST:PATH or an absolute path`,
    );
  const { username, password, hostname } = new URL(value);
  if (password !== '' || (username !== '' && protocol !== 'ssh'))
    throw invalid(field, 'a URL must not have a password, or a user other than of ssh');
  if (hostname.startsWith('-') || username.startsWith('-'))
    throw invalid(field, 'unexpected "-" at the beginning of the host or user');
  return { url: value, protocol };
}

const branch = /^[A-Za-z0-9_][A-Za-z0-9_./+-]*$/;

/** Throws INVALID_ARGUMENT that names `field` unless `value` can be a branch (git-check-ref-format(1)). */
export function parseBranch(field: string, value: string): string {
  if (!branch.test(value) || value.length > 200 || /\.\.|\/\/|\/\.|\.lock(\/|$)|[/.]$/.test(value))
    throw invalid(field, `invalid branch ${quoted(value)}: expected the name of a branch (git-check-ref-format(1))`);
  return value;
}
