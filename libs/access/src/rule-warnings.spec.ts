// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { cedarSchemas } from '@givc/rpc';
import { mayNameUnknown, RuleWarnings } from './rule-warnings.js';
import { Rules } from './cedar/rules.js';

describe('the warnings about rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-rules-'));
  const file = join(folder, 'rules.cedar');
  let lines: string[];
  let changed: () => void;
  const log = new Log(
    'info',
    (line) => {
      lines.push(line.trimEnd().replaceAll(`${folder}/`, ''));
      changed();
    },
    false,
  );
  const logged = async (count: number) => {
    while (lines.length < count) await new Promise<void>((resolve) => (changed = resolve));
  };
  const right = 'permit(principal == Source::"gui-vm", action, resource);\n';
  const command = 'permit(principal, action == Command::"Rebot", resource);\n';
  const source = 'permit(principal == User::"alice", action, resource);\n';

  beforeEach(() => {
    lines = [];
    changed = () => undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['admin', 'agent'] as const)('of an %s are one line for each rule that can never match', async (daemon) => {
    writeFileSync(file, right + command + source);
    const rules = await Rules.parse(right + command + source, file);
    const warnings = new RuleWarnings(daemon, file, rules, log);
    warnings.start();
    await logged(2);
    expect(lines).toEqual([
      expect.stringMatching(/^warn: rule rule=rules\.cedar:2:\S+ warning="has a mistake: .*Rebot/),
      expect.stringMatching(/^warn: rule rule=rules\.cedar:3:\S+ warning="has a mistake: .*User/),
    ]);
    // A reload that finds a change, which logs it once.
    writeFileSync(file, right + source);
    rules.replace(right + source);
    warnings.reload();
    await logged(3);
    expect(lines.slice(2)).toEqual([expect.stringMatching(/^warn: rule rule=rules\.cedar:2:/)]);
    warnings.reload();
    await logged(4);
    warnings.close();
  });

  it('are of the newest rules, also when they change during a check', async () => {
    writeFileSync(file, command);
    const rules = await Rules.parse(command, file);
    const warnings = new RuleWarnings('admin', file, rules, log);
    warnings.start();
    writeFileSync(file, right + source);
    rules.replace(right + source);
    await logged(2);
    expect(lines[1]).toMatch(/^warn: rule rule=rules\.cedar:2:\S+ warning="has a mistake: .*User/);
    warnings.close();
  });

  it.each([
    ['permit(principal == Source::"gui-vm", action in [Command::"StartVM", Action :: "QueryList"], resource);', false],
    ['permit(principal, action, resource == Module::"grpc.health.v1");', false],
    ['permit(principal, action == Command::"StartV", resource);', true],
    ['permit(principal, action == Command::"Start\\u{56}M", resource);', true],
    ['permit(principal, action, resource == Module::"admim");', true],
    ['permit(principal == User::"gui-vm", action, resource);', true],
    ['permit(principal == A::Source::"gui-vm", action, resource);', true],
  ])('need a check by Cedar only where a name may not exist: %s', (text, isNeeded) => {
    expect(mayNameUnknown(text, cedarSchemas.admin)).toBe(isNeeded);
  });

  it('are bounded', async () => {
    const text = command.repeat(25);
    writeFileSync(file, text);
    const warnings = new RuleWarnings('admin', file, await Rules.parse(text, file), log);
    warnings.start();
    await logged(21);
    expect(lines.at(-1)).toBe('warn: rules file=rules.cedar more=5');
    warnings.close();
  });
});
