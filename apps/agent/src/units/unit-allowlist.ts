import { GivcError, instanceOfUnit, type ApplicationName, type UnitName } from '@givc/model';
import { dbusProxyUnit } from '../config/dbus-proxy.js';

/** The part of an agent's configuration that says which units it may touch. */
interface Allowed {
  readonly unit: UnitName;
  readonly capabilities: {
    readonly services: readonly UnitName[];
    readonly vmServices: {
      readonly adminVm?: UnitName | undefined;
      readonly systemVms: readonly UnitName[];
      readonly appVms: readonly UnitName[];
    };
    readonly applications: readonly { readonly name: ApplicationName }[];
    readonly dbusProxy: { readonly proxies: readonly { readonly name: string }[] };
  };
}

/** Whether this agent may touch the unit: its own, the configured ones, its D-Bus proxies, and instances of its applications. */
export function isAllowed({ unit: own, capabilities }: Allowed, unit: UnitName): boolean {
  const { services, vmServices, applications, dbusProxy } = capabilities;
  const configured = [own, ...services, vmServices.adminVm, ...vmServices.systemVms, ...vmServices.appVms];
  if (configured.includes(unit) || dbusProxy.proxies.some((proxy) => dbusProxyUnit(proxy) === unit)) return true;
  const instance = instanceOfUnit(unit);
  return instance !== undefined && applications.some(({ name }) => name === instance.application);
}

/** Throws PERMISSION_DENIED for a unit that this agent may not touch. */
export function assertAllowed(config: Allowed, unit: UnitName): void {
  if (!isAllowed(config, unit))
    throw new GivcError('PERMISSION_DENIED', `unit "${unit}" is not in this agent's allowlist`);
}
