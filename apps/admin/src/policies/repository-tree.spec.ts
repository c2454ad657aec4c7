// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parsePolicyName } from '@givc/model';
import { fileOfPolicy, parseTree } from './repository-tree.js';

const firewall = parsePolicyName('name', 'firewall');
const listing = (...rows: readonly (readonly [mode: string, path: string, bytes?: number])[]) =>
  Buffer.from(rows.map(([mode, path, bytes = 5]) => `${mode} blob ${'a'.repeat(40)}     ${bytes}\t${path}\0`).join(''));
const found = (...paths: string[]) => {
  const tree = parseTree(listing(...paths.map((path) => ['100644', path] as const)));
  const { content, signature } = fileOfPolicy(firewall, tree, 10);
  return [content.path, signature?.path];
};

describe('the file of a policy in a repository', () => {
  it('is policy.bin in the folder of the policy, with the signature beside it', () => {
    expect(
      found(
        'vm-policies/firewall/README',
        'vm-policies/firewall/policy.bin',
        'vm-policies/firewall/policy.bin.minisig',
      ),
    ).toEqual(['vm-policies/firewall/policy.bin', 'vm-policies/firewall/policy.bin.minisig']);
  });

  it('is the only file in the folder of the policy, whatever its name', () => {
    expect(found('vm-policies/firewall/rules.json', 'vm-policies/firewall/rules.json.minisig')).toEqual([
      'vm-policies/firewall/rules.json',
      'vm-policies/firewall/rules.json.minisig',
    ]);
  });

  it('may have the name of the policy', () => {
    expect(found('vm-policies/firewall')).toEqual(['vm-policies/firewall', undefined]);
  });

  it('is at the top of a repository without vm-policies, and only there', () => {
    expect(found('firewall/policy.bin', 'other/policy.bin')).toEqual(['firewall/policy.bin', undefined]);
    expect(() => found('firewall/policy.bin', 'vm-policies/other/policy.bin')).toThrow(
      'the repository has no file vm-policies/firewall/policy.bin',
    );
  });

  it('is not guessed when the folder has several files', () => {
    expect(() => found('firewall/a', 'firewall/b')).toThrow('firewall has 2 files in the repository');
  });

  it('is neither a symlink nor a submodule', () => {
    const tree = parseTree(listing(['120000', 'firewall/policy.bin'], ['160000', 'firewall/rules']));
    expect(() => fileOfPolicy(firewall, tree, 10)).toThrow('the repository has no file firewall/policy.bin');
  });

  it('is rejected when it is too large', () => {
    const tree = parseTree(listing(['100755', 'firewall/policy.bin', 11]));
    expect(() => fileOfPolicy(firewall, tree, 10)).toThrow('firewall/policy.bin" is larger than 10 bytes');
  });

  it('may have every name that git accepts', () => {
    expect(found('firewall/a\tb\nc')).toEqual(['firewall/a\tb\nc', undefined]);
  });
});
