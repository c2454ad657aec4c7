import { type Lab } from './lab.js';
import { agentPort, addresses, cliProgram } from './plan.js';
import { run } from './run.js';
import { sharedLab } from './shared-lab.js';

jest.setTimeout(60_000);

describe('access', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await sharedLab();
  });

  it.each([
    ['a stranger, whose certificate another authority has signed,', 'stranger'],
    ['somebody whose certificate has expired', 'expired'],
    ['somebody who calls from an address that the certificate does not name', 'elsewhere'],
  ])('is refused to %s', async (_who, name) => {
    const { status, stdout, stderr } = await lab.cli(['query'], name);
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('is refused to whoever has no certificate at all', async () => {
    const { status } = await lab.cli(['--notls', 'query']);
    expect(status).not.toBe(0);
  });

  it('is refused by the caller when the server turns out to be somebody else', async () => {
    const { status, stderr } = await run([cliProgram, 'query'], {
      environment: { ...lab.cliEnvironment(), GIVC_ADDR: addresses['net-vm'], GIVC_PORT: String(agentPort) },
    });
    expect(status).not.toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
