import { near } from './near.js';

const rpcs = [
  'admin.AdminService/StartVM',
  'admin.AdminService/GetStats',
  'stats.StatsService/GetStats',
  'exec.Exec/RunCommand',
];

describe('known names that are near a name', () => {
  it('are those with a slip or two', () => {
    expect(near('admin.AdminService/startvm', rpcs)).toEqual(['admin.AdminService/StartVM']);
    expect(near('adminAdminService/StarVM', rpcs)).toEqual(['admin.AdminService/StartVM']);
    expect(near('nothing.Like/It', rpcs)).toEqual([]);
  });

  it('are those with fewer mistakes where the name is short', () => {
    expect(near('ap', ['app', 'vm', 'service'])).toEqual(['app']);
    expect(near('qurey', ['query', 'pause', 'query-list'])).toEqual(['query']);
    expect(near('x', ['vm'])).toEqual([]);
  });

  it('are those with the right method in another service', () => {
    expect(near('GetStats', rpcs)).toEqual(['admin.AdminService/GetStats', 'stats.StatsService/GetStats']);
    expect(near('exec/RunCommand', rpcs)).toEqual(['exec.Exec/RunCommand']);
  });
});
