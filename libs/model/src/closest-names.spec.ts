// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closestNames, didYouMean } from './closest-names.js';

const rpcs = [
  'admin.AdminService/StartVM',
  'admin.AdminService/GetStats',
  'stats.StatsService/GetStats',
  'exec.Exec/RunCommand',
];

describe('the known names closest to a name', () => {
  it('are found with one or two typing mistakes', () => {
    expect(closestNames('admin.AdminService/startvm', rpcs)).toEqual(['admin.AdminService/StartVM']);
    expect(closestNames('adminAdminService/StarVM', rpcs)).toEqual(['admin.AdminService/StartVM']);
    expect(closestNames('nothing.Like/It', rpcs)).toEqual([]);
  });

  it('are found with fewer typing mistakes when the name is short', () => {
    expect(closestNames('ap', ['app', 'vm', 'service'])).toEqual(['app']);
    expect(closestNames('qurey', ['query', 'pause', 'query-list'])).toEqual(['query']);
    expect(closestNames('x', ['vm'])).toEqual([]);
  });

  it('are found with the right method in another service', () => {
    expect(closestNames('GetStats', rpcs)).toEqual(['admin.AdminService/GetStats', 'stats.StatsService/GetStats']);
    expect(closestNames('exec/RunCommand', rpcs)).toEqual(['exec.Exec/RunCommand']);
  });

  it('are suggested as a question, or not at all', () => {
    expect(didYouMean('wbe.service', ['web.service', 'other.service'])).toBe('did you mean "web.service"?');
    expect(didYouMean('ssh.service', ['web.service'])).toBe('');
    expect(didYouMean('GetStats', rpcs)).toBe(
      'did you mean "admin.AdminService/GetStats" or "stats.StatsService/GetStats"?',
    );
    expect(didYouMean('nothing.Like/It', rpcs)).toBe('');
  });
});
