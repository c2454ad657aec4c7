export { AdminClient, type CallOptions } from './admin-client.js';
export { deadlines } from './deadlines.js';
