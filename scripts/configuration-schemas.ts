// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { jsonSchemaOf, type JsonSchema } from '@givc/config';
import { agentFile } from '../apps/agent/src/agent-file.js';
import { policiesFile } from '../apps/admin/src/policies/policies.config.js';

/** Each file of docs/schema, and its schema. */
export const schemas: Readonly<Record<string, JsonSchema>> = {
  'agent.schema.json': jsonSchemaOf(agentFile, {
    title: 'The configuration of givc-agent',
    description: 'The file of givc-agent -config FILE; docs/agent-configuration.md has an example with every key.',
  }),
  'policies.schema.json': jsonSchemaOf(policiesFile, {
    title: 'The policies of givc-admin',
    description: 'The JSON of POLICY_CONFIG (givc-admin --policy-config), or of the file that it names.',
  }),
};
