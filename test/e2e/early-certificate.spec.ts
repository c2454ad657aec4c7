import type { Access } from '@givc/access';
import { testAuthority, tlsMaterial } from '../support/test-certificates.js';
import { testAccess, TestSystem, type TestAgent } from '../support/test-system.js';

describe('a certificate that is not valid yet, as when the clock is wrong at boot,', () => {
  const authority = testAuthority();
  let system: TestSystem | undefined;
  afterEach(() => system?.stop());

  const logged = async (agent: TestAgent, text: string): Promise<void> => {
    while (!agent.lines.some((line) => line.includes(text))) await new Promise((resolve) => setImmediate(resolve));
  };
  /** It becomes valid while the test waits for what that makes possible. */
  const early = async (name: string): Promise<{ access: Access }> => {
    const notBefore = new Date(Date.now() + 3_000);
    return testAccess('denied', { tls: tlsMaterial(authority, { name, notBefore }), rules: undefined });
  };

  it('of an agent keeps it from its admin until it is valid; then it registers by itself', async () => {
    const { access } = await early('net-vm');
    system = await TestSystem.start({ authority });
    await system.startAgent('net-vm', { access });
    expect(await system.admin.record.next('TLS')).toMatchObject({
      why: 'its certificate is refused: CERT_NOT_YET_VALID',
    });
    expect(await system.client().queryList()).toEqual({ List: [] });
    await system.untilRegistered('net-vm');
  });

  it('of the admin keeps agents from it until it is valid; then they register by themselves', async () => {
    const { access } = await early('admin-vm');
    system = await TestSystem.start({ authority, access });
    const agent = await system.startAgent('net-vm');
    const why = "the server's certificate is refused: CERT_NOT_YET_VALID";
    expect(await agent.record.next('TLS')).toMatchObject({ why, address: '127.0.0.1' });
    expect(agent.lines.filter((line) => line.includes('registered'))).toEqual([]);
    await logged(agent, 'registered');
  });
});
