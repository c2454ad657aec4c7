import { readAdminConfig } from './admin.config.js';

describe('the flags and variables of the admin', () => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it('take several addresses, of flags and of the variable', () => {
    expect(
      readAdminConfig(['--listen', '10.0.0.1:9001', '--listen', '/run/a.sock', '--listen', '[::1]:1']).listen,
    ).toEqual([
      { protocol: 'tcp', host: '10.0.0.1', port: 9001 },
      { protocol: 'unix', path: '/run/a.sock' },
      { protocol: 'tcp', host: '::1', port: 1 },
    ]);
    process.env['LISTEN'] = '10.0.0.1:9001,vsock:3:9001';
    expect(readAdminConfig([]).listen).toEqual([
      { protocol: 'tcp', host: '10.0.0.1', port: 9001 },
      { protocol: 'vsock', cid: 3, port: 9001 },
    ]);
  });

  it('watch agents unless that is turned off', () => {
    expect(readAdminConfig(['--listen', '/a']).monitoring).toBe(true);
    process.env['GIVC_MONITORING'] = 'false';
    expect(readAdminConfig(['--listen', '/a']).monitoring).toBe(false);
  });

  it('have their say about what VMs are kept running, separated as one likes', () => {
    process.env['SERVICES'] = 'microvm@net-vm.service microvm@gui-vm.service,';
    expect(readAdminConfig(['--listen', '/a']).services).toEqual(['microvm@net-vm.service', 'microvm@gui-vm.service']);
  });

  it.each([
    ['TLS without certificates', { TLS: 'true' }, /--ca-cert, --host-cert and --host-key/],
    ['access control without rules', { ACCESS_CONTROL: 'true' }, /--cedar-file/],
  ])('refuse %s', (_, variables, message) => {
    Object.assign(process.env, variables);
    expect(() => readAdminConfig(['--listen', '/a'])).toThrow(message);
  });

  it('say what has no effect', () => {
    process.env['POLICY_ADMIN'] = 'true';
    expect(readAdminConfig(['--listen', '/a']).warnings).toEqual([expect.stringContaining('POLICY_ADMIN')]);
  });
});
