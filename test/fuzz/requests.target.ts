// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import type { admin, ctap, exec, wifimanager } from '@givc/rpc';
import {
  parseInstances,
  parseStartApplication,
  parseStartVm,
  parseUnitRequest,
} from '../../apps/admin/src/lifecycle/lifecycle-requests.js';
import { parseRegistration } from '../../apps/admin/src/registration/registration.js';
import { parseSetGeneration } from '../../apps/admin/src/updates/update-requests.js';
import { parseKeyRequest } from '../../apps/agent/src/ctap/ctap-request.js';
import { parseStart } from '../../apps/agent/src/exec/start-request.js';
import { parseConnectRequest } from '../../apps/agent/src/wifi/connect-request.js';
import { ssidNames } from '../../apps/agent/src/wifi/ssid.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { messagesLike } from './engine/values.js';

const application: admin.ApplicationRequest = {
  AppName: 'chromium',
  VmName: 'chrome-vm',
  Args: ['https://example.org/'],
};

export const lifecycleRequests = target({
  ...{
    name: 'lifecycle-requests',
    parses: 'parseStartApplication, parseInstances, parseStartVm and parseUnitRequest of apps/admin',
  },
  input: messagesLike<admin.ApplicationRequest>([application, { AppName: 'chromium@0.service', VmName: '', Args: [] }]),
  parse: (request) => ({
    start: parseStartApplication({ ...request, AppName: request.AppName.replace(/@.*/, '') }),
    instances: parseInstances(request),
    vm: request.VmName && parseStartVm({ VmName: request.VmName }),
    unit:
      request.AppName.includes('.') && parseUnitRequest({ ServiceName: request.AppName, VmName: request.VmName ?? '' }),
  }),
  accepted: ({ start }, { Args }) => {
    assert.deepEqual(start.args, Args);
    assert(Args.length <= 64 && Args.every((arg) => arg.length <= 4_096));
  },
});

const update: admin.SetGenerationRequest = {
  Update: {
    $case: 'Cachix',
    value: { Pin: 'pin-1', Cache: 'ghaf-dev', Token: 'secret-token', CachixHost: 'https://x' },
  },
};

export const generationRequests = target({
  ...{
    name: 'generation-requests',
    parses: 'parseSetGeneration of apps/admin',
    input: messagesLike([update, { Update: undefined }]),
  },
  secrets: ({ Update }) => [Update?.value.Token ?? ''].filter((token) => !'Cachix.CachixHost'.includes(token)),
  parse: (request) => parseSetGeneration(request),
  accepted: (parsed) => {
    for (const word of Object.values({ ...parsed }))
      assert(word === undefined || (/^[!-,.-~][!-~]*$/.test(word) && word.length <= 4_096), word);
  },
});

const State = {
  ...{ Name: 'web.service', Description: 'web', LoadState: 'loaded', ActiveState: 'active', SubState: 'running' },
  ...{ Path: '/org/x', FreezerState: 'running' },
};
const Transport = { Protocol: 'tcp', Address: '192.168.100.3', Port: '9000', Name: 'net-vm' };
const registrations: readonly admin.RegistryRequest[] = [
  { Name: 'givc-net-vm.service', Parent: 'microvm@net-vm.service', Type: 8, Transport, State },
  { Name: 'web.service', Parent: 'givc-net-vm.service', Type: 9, Transport, State },
  { Name: 'microvm@net-vm.service', Parent: 'givc-host.service', Type: 7, Transport: undefined, State: undefined },
];

export const registrationRequests = target({
  ...{ name: 'registrations', parses: 'parseRegistration of apps/admin: RegisterService, Report' },
  input: messagesLike(registrations),
  rejection: { reasons: ['INVALID_ARGUMENT', 'UNIMPLEMENTED', 'FAILED_PRECONDITION'] },
  outputMax: 5_000,
  parse: (request) => parseRegistration(request),
  accepted: (registration, request) => {
    assert.equal(registration.unit, request.Name);
    for (const text of Object.values({ ...registration.status })) requirePlain(text);
    if (registration.kind === 'agent') assert.equal(registration.unit, `givc-${registration.vm}.service`);
    else assert.match(registration.agent, /^givc-.+\.service$/);
    if (registration.kind === 'vm') assert.equal(registration.unit, `microvm@${registration.vm}.service`);
  },
});

const programs = 'ctap.GetInfo, ctap.ClientPin, u2f.Register, u2f.Authenticate';
const key: ctap.CtapRequest = {
  Req: 'u2f.Register',
  Args: ['--user', 'a-secret-word'],
  Payload: Buffer.from('a secret payload'),
};

export const keyRequests = target({
  ...{ name: 'key-requests', parses: 'parseKeyRequest of apps/agent: Ctap' },
  input: messagesLike([key, { ...key, Req: 'ctap.ClientPin' }], ['ctap.GetInfo', 'u2f.Authenticate', '__proto__']),
  secrets: ({ Req, Args, Payload }) =>
    [...Args, Payload.toString()].filter((text) => !`${Req}${programs}`.includes(text)),
  parse: (request) => parseKeyRequest(request),
  accepted: ({ program, args, payload }) => {
    const known = ['qctap-get-info', 'qctap-client-pin', 'qctap-make-credential', 'qctap-get-assertion'];
    assert(known.includes(program), program);
    assert(args.length <= 32 && args.every((arg) => !arg.includes('\0') && Buffer.byteLength(arg) <= 4_096));
    assert(payload.length <= 65_536);
  },
});

const start: exec.StartCommand = {
  ...{ Command: '/bin/log', Arguments: ['show', '--token', 'a-secret-word'], WorkingDirectory: '/var/log' },
  ...{ EnvVars: { TERM: 'xterm-secret', LANG: 'C' }, Stdin: Buffer.from('secret input'), Role: 'root' },
};

export const startRequests = target({
  ...{ name: 'exec-requests', parses: 'parseStart of apps/agent: the first message of Exec' },
  input: messagesLike<exec.CommandRequest>([
    { Command: { $case: 'Start', value: start } },
    { Command: { $case: 'Start', value: { ...start, Role: '', WorkingDirectory: undefined } } },
  ]),
  secrets: ({ Command }) => {
    if (Command?.$case !== 'Start') return [];
    const { Arguments, EnvVars } = Command.value;
    const names = Object.keys(EnvVars).join('\n');
    return [...Arguments, ...Object.values(EnvVars)].filter((text) => !names.includes(text));
  },
  parse: (request) => parseStart(request),
  accepted: ({ command, args, environment, directory, user }) => {
    assert(command !== '' && args.length <= 256 && environment.size <= 64);
    const all = [command, ...args, ...environment.keys(), ...environment.values(), directory ?? '', user ?? ''];
    for (const text of all) assert(!text.includes('\0') && Buffer.byteLength(text) <= 131_071);
  },
});

const network: wifimanager.WifiConnectionRequest = {
  SSID: 'cafe',
  Password: 'a secret word',
  Settings: '{"hidden":true}',
};
const enterprise = '{"identity":"me","eap":"ttls","phase2":"pap","domain":"example.org","device":"wlan0"}';

const ownWords = ['{"hidden": true}', 'a key of 64 hexadecimal digits', 'is not known: set "domain" or "caCert"'];

export const wifiRequests = target({
  ...{ name: 'wifi-requests', parses: 'parseConnectRequest of apps/agent: ConnectNetwork' },
  input: messagesLike(
    [network, { ...network, Settings: enterprise }],
    ['"security":"sae",', '"caCert":"/a",', 'anyServer', 'a'.repeat(64)],
  ),
  // A password is no secret if another field of the request or every message of this kind contains it.
  secrets: ({ Password, SSID, Settings }) =>
    [SSID, Settings, ...ownWords].some((text) => text.includes(Password)) ? [] : [Password],
  pump: { seeds: [enterprise, network.Settings], input: (Settings) => ({ ...network, Settings }) },
  parse: (request) => parseConnectRequest(request),
  accepted: ({ name, password, settings }, request) => {
    assert.equal(name, request.SSID);
    for (const ssid of ssidNames(name)) assert(Buffer.byteLength(ssid) > 0);
    assert(password === undefined || (!/\p{Cc}/u.test(password) && Buffer.byteLength(password) >= 1));
    const known = 'hidden security device identity anonymousIdentity eap phase2 caCert domain anyServer'.split(' ');
    for (const [setting, value] of Object.entries(settings)) {
      assert(known.includes(setting), setting);
      if (typeof value === 'string') requirePlain(value.replace(/[\p{Bidi_Control}\u2028\u2029\p{Cs}]/gu, ''));
    }
    if (settings.identity !== undefined) assert(password !== undefined, 'an identity without a password');
  },
});
