import { Metadata } from '@grpc/grpc-js';

export interface CallSettings {
  /** How long the call may take; without it, it may take for ever. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Sent ahead of the request, beside what gRPC itself sends. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What is sent ahead of the request. */
export function metadataOf({ metadata = {} }: CallSettings): Metadata {
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  return sent;
}
