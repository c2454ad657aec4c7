// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { userInfo } from 'node:os';
import { GivcError, quoted } from '@givc/model';
import { runProgram } from '@givc/programs';

/** A user of passwd(5) that a program can run as. */
export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The user that this agent runs as; a user without a line in passwd(5) has its number for a name. */
export function ownUser(): User {
  try {
    const { username: name, uid, gid, homedir: home } = userInfo();
    return { name, uid, gid, home };
  } catch {
    const uid = process.getuid!();
    return { name: String(uid), uid, gid: process.getgid!(), home: '/' };
  }
}

/** Looks the user up by nsswitch.conf(5). FAILED_PRECONDITION when there is no such user. */
export async function findUser(name: string): Promise<User> {
  const { stdout } = await runProgram('getent', ['passwd', name]);
  const [found, , uid, gid, , home] = stdout.toString().split('\n')[0]!.split(':');
  if (found !== name || !home) {
    const [field, problem] = ['Role', `this machine has no user ${quoted(name)}`];
    throw new GivcError('FAILED_PRECONDITION', `${field}: ${problem}`, { field, problem });
  }
  return { name, uid: Number(uid), gid: Number(gid), home };
}
