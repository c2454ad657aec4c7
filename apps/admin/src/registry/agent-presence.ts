// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Endpoint } from '@givc/model';

/** A period in which an agent keeps everything that it was sent. Each run is a separate object. */
export interface Run {
  /** The boot id that the agent reports; not every agent does. */
  readonly bootId: string | undefined;
  readonly endpoint: Endpoint | undefined;
}

/** Whether a registered agent is present, as far as the admin knows. */
export type Presence =
  /** It was restored after a restart of the admin, and has neither registered, reported nor answered since. */
  | { readonly state: 'unconfirmed' }
  /** Its stream of reports is open. */
  | { readonly state: 'reporting'; readonly run: Run }
  /** It does not report, but it has registered or answered a call. */
  | { readonly state: 'polled'; readonly run: Run }
  /** It is listed as powered off, independent of its last reported state. */
  | { readonly state: 'lost'; readonly reason: string };

/** The states by their names in `report.Machine`. */
export const presenceStates = ['reporting', 'polled', 'lost', 'unconfirmed'] as const satisfies Presence['state'][];

export type PresenceState = Presence['state'];

/** The presence of a present agent. */
export type Present = Extract<Presence, { readonly run: Run }>;

export const isPresent = (presence: Presence | undefined): presence is Present =>
  presence?.state === 'reporting' || presence?.state === 'polled';

/** The run of a present agent. */
export const runOf = (presence: Presence | undefined): Run | undefined =>
  isPresent(presence) ? presence.run : undefined;
