import type * as PromClient from 'prom-client';
import type { MetricsAddress } from './metrics-address.js';

/** The values of a metric with one label: what the label says, and the number. */
export type Labelled = Iterable<readonly [string, number]>;

/**
 * The metrics of a daemon, by Prometheus' conventions (https://prometheus.io/docs/practices/naming/): base units, one
 * name a thing. What can be read is read when somebody looks, and costs nothing in between.
 */
export class Metrics {
  readonly #registry: PromClient.Registry;

  private constructor(
    private readonly client: typeof PromClient,
    /** Where they are to be served. */
    readonly listen: MetricsAddress,
  ) {
    this.#registry = new client.Registry();
  }

  /** Loads the library behind metrics, which a daemon without them never does. */
  static async load(listen: MetricsAddress): Promise<Metrics> {
    return new Metrics(await import('prom-client'), listen);
  }

  /** The media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything that there is now, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new this.client.Gauge({
      name,
      help,
      registers: [this.#registry],
      async collect() {
        this.set(await read());
      },
    });
  }

  /** One gauge for each value of a label; the values must be few. */
  gauges(name: string, help: string, label: string, read: () => Labelled): void {
    new this.client.Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [value, number] of read()) this.set({ [label]: value }, number);
      },
    });
  }

  /** Of something that is counted elsewhere, and does not go back. */
  readCounters(name: string, help: string, label: string, read: () => Labelled): void {
    new this.client.Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [value, number] of read()) this.inc({ [label]: value }, number);
      },
    });
  }

  readCounter(name: string, help: string, read: () => number): void {
    new this.client.Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
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
}
