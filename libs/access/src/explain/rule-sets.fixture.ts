// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { authorizationRequest, type AuthorizationRequest } from '../cedar/authorization-request.js';

export const sources = ['gui-vm', 'net-vm', 'ghaf-host'];
const vms = ['chrome-vm', 'net-vm', ''];
const applications = ['chrome', 'a*'];

const entity = (type: string, names: readonly string[]) =>
  fc.constantFrom(...names).map((name) => `${type}::${JSON.stringify(name)}`);
const head = (variable: string, type: string, names: readonly string[], isAction = false) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(variable) },
    { weight: 3, arbitrary: entity(type, names).map((one) => `${variable} == ${one}`) },
    ...(isAction
      ? [
          {
            weight: 1,
            arbitrary: fc.array(entity(type, names), { minLength: 1 }).map((all) => `action in [${all.join()}]`),
          },
        ]
      : []),
  );

const comparison = fc.oneof(
  entity('Source', sources).map((one) => `principal == ${one}`),
  entity('Command', ['StartApplication', 'StopApplication', 'StartVM']).map((one) => `action == ${one}`),
  fc.constantFrom(...vms).map((vm) => `context has VmName && context.VmName == ${JSON.stringify(vm)}`),
  fc.constantFrom(...applications).map((name) => `context.AppName == ${JSON.stringify(name)}`),
  fc.constantFrom('context has AppName && context.AppName like "c*"', 'context has Args && context.Args.contains("x")'),
  // These fail for a request without the field.
  fc.constantFrom('context.VmName == "net-vm"', 'context.Nothing', 'context has VmName'),
);

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    comparison,
    tie('condition').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
  ),
}));

const rule = fc
  .record({
    effect: fc.constantFrom('permit', 'permit', 'permit', 'forbid'),
    principal: head('principal', 'Source', sources),
    action: head('action', 'Command', ['StartApplication', 'StopApplication'], true),
    resource: head('resource', 'Module', ['admin', 'systemd']),
    clauses: fc.array(fc.tuple(fc.constantFrom('when', 'unless'), condition), { maxLength: 2 }),
  })
  .map(({ effect, principal, action, resource, clauses }) => {
    const conditions = clauses.map(([kind, body]) => ` ${kind} { ${body} }`).join('');
    return `${effect} (${principal}, ${action}, ${resource})${conditions};\n`;
  });

/** For tests: files of rules about applications. */
export const ruleSets = fc.array(rule, { maxLength: 5 }).map((rules) => rules.join(''));

/** Every value of each field of a request about an application that can matter for these rules. */
export const requests: readonly {
  readonly AppName: string;
  readonly VmName?: string;
  readonly Args: readonly string[];
}[] = ['chrome', 'a*', 'files'].flatMap((AppName) =>
  [...vms, 'other-vm', undefined].flatMap((VmName) =>
    [[], ['x'], ['y', 'x']].map((Args) => ({ AppName, Args, ...(VmName !== undefined && { VmName }) })),
  ),
);

export const requestOf = (source: string, command: string, request: object): AuthorizationRequest =>
  authorizationRequest(source, `/admin.AdminService/${command}`, request);
