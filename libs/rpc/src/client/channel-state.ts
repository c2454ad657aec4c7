// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connectivityState } from '@grpc/grpc-js';

/** The states of a channel: https://github.com/grpc/grpc/blob/master/doc/connectivity-semantics-and-api.md */
export type ChannelState = keyof typeof connectivityState;

export const stateOf = (state: connectivityState): ChannelState => connectivityState[state] as ChannelState;

/** Whether there is a connection, or an attempt to connect. */
export const hasConnection = (state: ChannelState): boolean => state === 'READY' || state === 'CONNECTING';
