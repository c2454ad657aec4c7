import { near } from './near.js';

const rpcs = [
  'admin.AdminService/StartVM',
  'admin.AdminService/GetStats',
  'stats.StatsService/GetStats',
  'exec.Exec/RunCommand',
];

describe('rpcs that are near a name', () => {
  it('are those with a slip or two', () => {
    expect(near('admin.AdminService/startvm', rpcs)).toEqual(['admin.AdminService/StartVM']);
    expect(near('adminAdminService/StarVM', rpcs)).toEqual(['admin.AdminService/StartVM']);
    expect(near('nothing.Like/It', rpcs)).toEqual([]);
  });

  it('are those with the right method in another service', () => {
    expect(near('GetStats', rpcs)).toEqual(['admin.AdminService/GetStats', 'stats.StatsService/GetStats']);
    expect(near('exec/RunCommand', rpcs)).toEqual(['exec.Exec/RunCommand']);
  });
});
