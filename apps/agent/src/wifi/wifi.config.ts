import { configClass } from '../config/config-class.js';
import { onlyEnable } from '../config/enable.js';

/** `capabilities.wifi`. */
export class WifiConfig extends configClass(onlyEnable) {}
