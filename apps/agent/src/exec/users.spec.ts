// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import os from 'node:os';
import { findUser, ownUser } from './users.js';

describe('the user of this agent', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is the user of this process', () => {
    const { username: name, uid, gid, homedir: home } = os.userInfo();
    expect(ownUser()).toEqual({ name, uid, gid, home });
  });

  it('is named by its number when passwd(5) has no entry for it', () => {
    jest.spyOn(os, 'userInfo').mockImplementation(() => {
      throw new Error('ENOENT: uv_os_get_passwd');
    });
    const [uid, gid] = [process.getuid!(), process.getgid!()];
    expect(ownUser()).toEqual({ name: String(uid), uid, gid, home: '/' });
  });
});

describe('the user of a role', () => {
  it('is looked up in passwd(5)', async () => {
    await expect(findUser('root')).resolves.toEqual({ name: 'root', uid: 0, gid: 0, home: '/root' });
  });

  it.each(['no-such-user', '0', '', 'root:x'])('is rejected when no user has the name %j', async (name) => {
    await expect(findUser(name)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: `Role: this machine has no user ${JSON.stringify(name)}`,
    });
  });
});
