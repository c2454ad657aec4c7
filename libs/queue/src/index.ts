export { Coalesced } from './coalesced.js';
export { CoalescingThrottle } from './coalescing-throttle.js';
export { FairQueue, type QueueSettings } from './fair-queue.js';
export { Place, type QueuedCall } from './place.js';
