// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { halfCloseKey, type socketproxy } from '@givc/rpc';

export type Frame = socketproxy.StreamFrame;

/** Either end of a `TransferData` call: what streams of gRPC and connections of one socket have in common. */
export interface Frames extends NodeJS.EventEmitter {
  /** The frames that were written and not sent yet. */
  readonly writableLength: number;
  write(frame: Frame, done?: () => void): boolean;
  end(): void;
  pause(): void;
  resume(): void;
}

/** The last frame of a direction. */
export const eof: Frame = { Chunk: Buffer.alloc(0), Eof: true };

const kibibyte = 1024;

/**
 * The flow control window that all connections of one peer share, large enough to keep the connection between two VMs
 * busy.
 */
export const windowBytes = 2 * 1024 * kibibyte;

/** The flow control window of each outgoing call. 256 calls use 32 MiB. */
export const clientWindowBytes = 128 * kibibyte;

/** The maximum size of a frame for a client, which buffers a frame until it is complete; peers send 64 KiB. */
export const clientFrameBytes = 256 * kibibyte;

/** The metadata of either end of a call. */
export interface TransferMetadata {
  get(key: string): readonly unknown[];
}

export const supportsHalfClose = (metadata: TransferMetadata): boolean => metadata.get(halfCloseKey).length > 0;
