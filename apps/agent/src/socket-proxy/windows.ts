/** How many bytes of a connection may be on their way to its reader: what fills the wire between two machines of one computer. */
export const windowBytes = 2 * 1024 * 1024;
