// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { PackedPackages } from '../support/packed-packages.js';

/** A line of Node's runner, which has another format by default since Node 23. */
const reported = (text: string): unknown => expect.stringMatching(new RegExp(`^[#ℹ] ${text}$`));

describe('the package @givc/testing', () => {
  let packages: PackedPackages;

  beforeAll(async () => {
    packages = await PackedPackages.install('client', 'testing');
  });
  afterAll(() => packages.remove());

  it("has a README with the test of a launcher, of 25 lines at most, which passes with Node's own runner", async () => {
    const example = packages.exampleOf('testing');
    expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
    const test = packages.run(example);
    expect(await test.ended).toEqual({ status: 0, stderr: '' });
    expect(test.lines).toContainEqual(reported('pass 1'));
  });

  it('fails that test when the launcher starts something else', async () => {
    const test = packages.run(packages.exampleOf('testing').replace("AppName: 'clock'", "AppName: 'chess'"));
    expect(await test.ended).toEqual({ status: 1, stderr: '' });
    expect(test.lines).toContainEqual(reported('fail 1'));
  });
});
