// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Rules } from '@givc/access';
import { TestSystem } from '@givc/testing';

const permit = (name: string) => `permit(principal == Source::"${name}", action, resource);`;

describe('rules that are tightened', () => {
  let system: TestSystem;
  let parsed: jest.SpyInstance<ReturnType<typeof Rules.parse>>;

  beforeEach(async () => {
    parsed = jest.spyOn(Rules, 'parse');
    system = await TestSystem.start({ rules: permit('evil-vm') + permit('gui-vm') });
  });
  afterEach(async () => {
    parsed.mockRestore();
    await system.close();
  });

  it('end the open streams of callers that they no longer permit, and no others', async () => {
    const rules = await (parsed.mock.results[0]!.value as ReturnType<typeof Rules.parse>);
    const watch = (name: string) => {
      const client = system.client({ tls: system.material(name)! });
      return client.watchOnce()[Symbol.asyncIterator]();
    };
    const [evil, gui] = [watch('evil-vm'), watch('gui-vm')];
    await evil.next();
    await gui.next();
    rules.replace(permit('gui-vm'));
    await expect(evil.next()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(await system.admin.record.next('PERMISSION_DENIED')).toMatchObject({ peer: 'evil-vm' });
    await system.client({ tls: system.material('gui-vm')! }).queryList();
    expect(system.admin.record.lines.filter(({ peer }) => peer === 'gui-vm')).toEqual([]);
    await gui.return?.(undefined);
  });
});
