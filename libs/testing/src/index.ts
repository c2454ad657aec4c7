// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata';

export { testAccess, TestRecord, type AuditLine } from './audit-record.js';
export { identityOf, testAuthority, tlsMaterial } from './certificates.js';
export { createAdmin, type AdminOptions, type TestAdmin } from './create-admin.js';
export { createAgent, type AgentOptions, type AgentPeer, type TestAgent } from './create-agent.js';
export { SeveredConnections } from './severed-connections.js';
export type { ProviderOverride, TestOptions, TestServer } from './test-server.js';
export { TestSystem } from './test-system.js';
export { BootId } from '../../../apps/agent/src/registration/boot-id.js';
export { RegistryStorage } from '../../../apps/admin/src/persistence/registry-storage.js';
export { parseUnitName, type UnitName } from '@givc/model';
export { FakeInputDevices, InputDevices } from '@givc/input';
export { FakeSystemd, Systemd } from '@givc/systemd';
