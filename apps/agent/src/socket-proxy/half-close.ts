import type { Metadata } from '@grpc/grpc-js';

/**
 * The metadata by which either end of a call says that its `Eof` ends one direction only. An end that does not say so
 * means, by the contract, that its socket has ended entirely.
 */
export const halfCloseKey = 'givc-half-close';

export const supportsHalfClose = (metadata: Metadata): boolean => metadata.get(halfCloseKey).length > 0;
