// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Endpoint } from '@givc/model';

/** A span in which an agent cannot have forgotten what it was sent; each one is an object of its own. */
export interface Run {
  /** As the agent reports it; not every agent does. */
  readonly bootId: string | undefined;
  readonly endpoint: Endpoint | undefined;
}

/** Whether a registered agent is there, as far as the admin knows. */
export type Presence =
  /** It was known before the admin restarted, and has neither registered, reported nor answered since. */
  | { readonly state: 'unconfirmed' }
  /** Its stream of reports is open. */
  | { readonly state: 'reporting'; readonly run: Run }
  /** It does not report; it has registered, or answered what it was asked. */
  | { readonly state: 'polled'; readonly run: Run }
  /** It is listed as powered off, independent of its last reported state. */
  | { readonly state: 'lost'; readonly reason: string };

/** As `report.Machine` names them. */
export const presenceStates = ['reporting', 'polled', 'lost', 'unconfirmed'] as const satisfies Presence['state'][];

export type PresenceState = Presence['state'];

/** The presence of an agent that is there. */
export type Present = Extract<Presence, { readonly run: Run }>;

export const isPresent = (presence: Presence | undefined): presence is Present =>
  presence?.state === 'reporting' || presence?.state === 'polled';

/** The run of an agent that is there. */
export const runOf = (presence: Presence | undefined): Run | undefined =>
  isPresent(presence) ? presence.run : undefined;
