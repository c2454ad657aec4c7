import { configClass } from '../config/config-class.js';
import { onlyEnable } from '../config/enable.js';

/** `capabilities.ctap`. */
export class CtapConfig extends configClass(onlyEnable) {}
