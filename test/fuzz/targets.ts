// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Target } from './engine/target.js';
import * as addresses from './addresses.target.js';
import * as args from './arguments.target.js';
import * as auditLines from './audit-lines.target.js';
import * as bus from './bus.target.js';
import * as busMessages from './bus-messages.target.js';
import * as calls from './calls.target.js';
import * as certificateImages from './certificate-images.target.js';
import * as certificates from './certificates.target.js';
import * as checks from './checks.target.js';
import * as cli from './cli.target.js';
import * as commandLines from './command-lines.target.js';
import * as configurations from './configurations.target.js';
import * as devices from './devices.target.js';
import * as errors from './errors.target.js';
import * as history from './history.target.js';
import * as journal from './journal.target.js';
import * as messages from './messages.target.js';
import * as names from './names.target.js';
import * as policyOrigins from './policy-origins.target.js';
import * as policyRecords from './policy-records.target.js';
import * as proc from './proc.target.js';
import * as registry from './registry.target.js';
import * as reportAnswers from './report-answers.target.js';
import * as reportStreams from './report-streams.target.js';
import * as requests from './requests.target.js';
import * as rules from './rules.target.js';
import * as settings from './settings.target.js';
import * as signatures from './signatures.target.js';
import * as socketRecords from './socket-records.target.js';
import * as sources from './sources.target.js';
import * as ssids from './ssids.target.js';
import * as text from './text.target.js';
import * as traces from './traces.target.js';
import * as wireless from './wireless.target.js';
import * as zones from './zones.target.js';

/** Every parser that is fuzzed. */
export const targets: readonly Target[] = [
  ...[
    addresses,
    args,
    auditLines,
    bus,
    busMessages,
    calls,
    certificateImages,
    certificates,
    checks,
    cli,
    commandLines,
    configurations,
    devices,
    errors,
    history,
    journal,
    messages,
    names,
    policyOrigins,
    policyRecords,
    proc,
    registry,
  ],
  ...[
    reportAnswers,
    reportStreams,
    requests,
    rules,
    settings,
    signatures,
    socketRecords,
    sources,
    ssids,
    text,
    traces,
    wireless,
    zones,
  ],
].flatMap((family) => Object.values(family));
