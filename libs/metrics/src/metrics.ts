// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type * as PromClient from 'prom-client';
import type { MetricsAddress } from './metrics-address.js';

/** The values of a metric with one label: the value of the label, and the number. */
export type Labelled = Iterable<readonly [string, number]>;

/** Reads the values at a scrape. */
type ReadLabelled = () => Labelled | Promise<Labelled>;

/** The common fields of gauges and counters. */
type ReadKind = new (configuration: {
  name: string;
  help: string;
  labelNames?: string[];
  registers: PromClient.Registry[];
  collect(this: Pick<PromClient.Gauge, 'reset' | 'inc'>): void | Promise<void>;
}) => unknown;

/**
 * The metrics of a daemon, by Prometheus' conventions (https://prometheus.io/docs/practices/naming/): base units, one
 * name for each thing. Values are read at each scrape, and cost nothing in between.
 */
export class Metrics {
  readonly #registry: PromClient.Registry;

  private constructor(
    private readonly client: typeof PromClient,
    /** The address at which they are served. */
    readonly listen: MetricsAddress,
  ) {
    this.#registry = new client.Registry();
  }

  /** Loads the metrics library, which a daemon without metrics never needs. */
  static async load(listen: MetricsAddress): Promise<Metrics> {
    return new Metrics(await import('prom-client'), listen);
  }

  /** The media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All present values, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    this.#readOne(this.client.Gauge, name, help, read);
  }

  /** One gauge for each value of a label; a label must have few values. */
  gauges(name: string, help: string, label: string, read: ReadLabelled): void {
    this.#readSome(this.client.Gauge, name, help, label, read);
  }

  /** A counter for something that is counted elsewhere, and does not decrease. */
  readCounter(name: string, help: string, read: () => number): void {
    this.#readOne(this.client.Counter, name, help, read);
  }

  /** Like `readCounter`, one for each value of a label; a label must have few values. */
  readCounters(name: string, help: string, label: string, read: ReadLabelled): void {
    this.#readSome(this.client.Counter, name, help, label, read);
  }

  counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): PromClient.Counter<Label> {
    return new this.client.Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  /** `buckets` are upper bounds, ascending. */
  histogram<Label extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly Label[],
  ): PromClient.Histogram<Label> {
    return new this.client.Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.#registry] });
  }

  #readOne(Kind: ReadKind, name: string, help: string, read: () => number | Promise<number>): void {
    new Kind({
      name,
      help,
      registers: [this.#registry],
      async collect() {
        const number = await read();
        this.reset();
        this.inc(number);
      },
    });
  }

  #readSome(Kind: ReadKind, name: string, help: string, label: string, read: ReadLabelled): void {
    new Kind({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      async collect() {
        const values = await read();
        this.reset();
        for (const [value, number] of values) this.inc({ [label]: value }, number);
      },
    });
  }
}
