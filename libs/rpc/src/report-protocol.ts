// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The version of `report.Reports` that this release speaks. docs/compatibility.md says when it is raised. */
export const reportProtocolVersion = 2;

/** The first version whose heartbeats are PING frames of HTTP/2; before, they were messages. */
export const pingHeartbeatVersion = 2;

/** A side that sends nothing for this many heartbeat intervals is lost. */
export const silentIntervals = 2.5;
