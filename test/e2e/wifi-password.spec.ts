// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { wifimanager } from '@givc/rpc';
import { WifiSystem } from '../support/wifi-system.js';

const { connectNetwork } = wifimanager.WifiServiceService;
const password = 'correct horse';
const wrong = 'battery staple';
const saved = 'open sesame';

describe('the password of a wireless network', () => {
  let { manager, system, agent } = {} as WifiSystem;
  let wifi: WifiSystem;

  beforeAll(async () => ({ manager, system, agent } = wifi = await WifiSystem.start()));
  afterAll(() => wifi.close());
  beforeEach(() => {
    manager.profiles.clear();
    manager.refusal = undefined;
    agent.record.skip();
    before = written().map(({ length }) => length);
  });

  /** Resolves with the answer to the caller: the sentence, or the reason and message of the rejection. */
  const connect = (Password: string, Settings = '') =>
    system
      .channel(agent)
      .unary(connectNetwork, { SSID: 'home', Password, Settings })
      .then(
        ({ Response }) => Response,
        (error: { reason: string; message: string }) => `${error.reason}: ${error.message}`,
      );
  const passwordsSaved = () =>
    [...manager.profiles.values()].map((profile) => profile['802-11-wireless-security']?.['psk']?.value);
  /** The numbers of lines that were logged and recorded before the test. */
  let before: readonly number[];
  const written = () => [agent.lines, system.admin.lines, agent.record.lines];
  /** Everything that is visible outside of NetworkManager. */
  const seen = (answer: string) =>
    JSON.stringify([answer, written().map((lines, index) => lines.slice(before[index]))]);
  const expectHidden = (answer: string) => {
    for (const secret of [password, wrong, saved]) expect(seen(answer)).not.toContain(secret);
  };

  it('reaches NetworkManager alone when it is right', async () => {
    const answer = await connect(password);
    expect(answer).toBe('wlan0: connected to "home"');
    expect(passwordsSaved()).toEqual([password]);
    expect(agent.lines.at(-1)).toBe('info: wifi connected ssid=home device=wlan0');
    expect(await agent.record.next('OK')).toMatchObject({ rpc: '/wifimanager.WifiService/ConnectNetwork' });
    expectHidden(answer);
  });

  it('is deleted and never visible when it is wrong', async () => {
    const answer = await connect(wrong);
    expect(answer).toBe('INVALID_ARGUMENT: Password: wrong password: wlan0: "home" does not accept it');
    expect(passwordsSaved()).toEqual([]);
    expect(agent.lines.at(-1)).toMatch(/^warn: wifi connection failed ssid=home device=wlan0 error="/);
    expect(await agent.record.next('INVALID_ARGUMENT')).toMatchObject({
      rpc: '/wifimanager.WifiService/ConnectNetwork',
    });
    expectHidden(answer);
  });

  it('replaces a saved one when it is right, and neither is visible', async () => {
    manager.save(saved);
    const answer = await connect(password);
    expect(answer).toBe('wlan0: connected to "home"');
    expect(passwordsSaved()).toEqual([password]);
    expectHidden(answer);
  });

  it('leaves a saved one in place when it is wrong, and neither is visible', async () => {
    manager.save(saved);
    const answer = await connect(wrong);
    expect(answer).toContain('wrong password');
    expect(passwordsSaved()).toEqual([saved]);
    expectHidden(answer);
  });

  it('is not visible when it is saved and wrong', async () => {
    manager.save(saved);
    const answer = await connect('');
    expect(answer).toBe('INVALID_ARGUMENT: Password: wrong password: wlan0: "home" does not accept the saved one');
    expectHidden(answer);
  });

  it.each([
    ['a new profile', () => undefined],
    ['a saved profile', () => void manager.save(saved)],
  ])('is not visible when NetworkManager quotes it in its rejection of %s', async (_, prepare) => {
    prepare();
    manager.refusal = `802-11-wireless-security.psk: '${password}' is not valid`;
    const answer = await connect(password);
    expect(answer).toBe('FAILED_PRECONDITION: NetworkManager rejects this profile');
    expectHidden(answer);
  });

  it('is removed from a refusal of NetworkManager that is passed on', async () => {
    manager.refusal = 'the disk is full';
    const answer = await connect(password);
    expect(answer).toBe('FAILED_PRECONDITION: NetworkManager: the disk is full');
    expectHidden(answer);
  });

  it.each([
    ['is too short', 'open', ''],
    ['has a control character', `${password}\n`, ''],
    ['comes with invalid settings', password, '{"hidden": "open sesame"}'],
    ['comes with settings that are not JSON', password, 'open sesame'],
  ])('is neither visible nor passed on when it %s', async (_, given, settings) => {
    const answer = await connect(given, settings);
    expect(answer).toMatch(/^INVALID_ARGUMENT: (Password|Settings)/);
    expect(passwordsSaved()).toEqual([]);
    expectHidden(answer);
  });
});
