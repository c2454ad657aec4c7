import { Injectable } from '@nestjs/common';
import type { UnitName, UnitStatus } from '@givc/model';

type Maker = () => Promise<UnitStatus>;

/** Units of this agent's making, which have no file: to start one, who makes it is asked, as systemd knows it no longer once it has stopped. */
@Injectable()
export class OwnUnits {
  readonly #makers = new Map<UnitName, Maker>();

  /** `make` resolves once the unit runs, also when it does already. */
  declare(unit: UnitName, make: Maker): void {
    this.#makers.set(unit, make);
  }

  makerOf(unit: UnitName): Maker | undefined {
    return this.#makers.get(unit);
  }
}
