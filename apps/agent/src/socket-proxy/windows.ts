const kibibyte = 1024;

/**
 * How many bytes of all connections of a peer that connects here may be on their way to their readers: what fills the wire
 * between two machines of one computer. They share it.
 */
export const windowBytes = 2 * 1024 * kibibyte;

/** The same of each connection that is made from here, of which grpc-js has no way to share one: 32 MiB of 256. */
export const clientWindowBytes = 128 * kibibyte;

/** What a peer that is connected to may send in one frame, which is kept until all of it has come; peers send 64 KiB. */
export const clientFrameBytes = 256 * kibibyte;
