import * as z from 'zod/mini';
import { messageOf } from '@givc/model';

type Lenient<Schema extends z.ZodMiniType> = z.ZodMiniType<z.output<Schema>, z.input<Schema> | null | undefined>;

/** `null` and a missing key both mean the default, which is checked like a given value. */
export const defaulted = <Schema extends z.ZodMiniType>(schema: Schema, value: unknown): Lenient<Schema> =>
  z.pipe(
    z.transform((input: unknown) => input ?? value),
    schema,
  ) as never;

/** `null` and a missing key both mean that there is none. */
export const absent = <Schema extends z.ZodMiniType>(schema: Schema): Lenient<z.ZodMiniOptional<Schema>> =>
  z.pipe(
    z.transform((input: unknown) => input ?? undefined),
    z.optional(schema) as never,
  ) as never;

/**
 * A value that one of our parsers turns into its domain type; what the parser throws is the mistake. Parsers of several
 * fields begin it with the name of the one that is wrong, below the `field` that they were told.
 */
export const parsed = <Schema extends z.ZodMiniType, Value>(
  schema: Schema,
  parse: (field: string, value: z.output<Schema>) => Value,
) =>
  z.pipe(
    schema,
    z.transform((input: z.output<Schema>, context): Value => {
      try {
        return parse('', input);
      } catch (error) {
        const [, key, message] = /^(?:\.(\w+))?: (.*)$/s.exec(messageOf(error)) ?? [
          undefined,
          undefined,
          messageOf(error),
        ];
        context.issues.push({ code: 'custom', message, path: key === undefined ? [] : [key], input });
        return z.NEVER;
      }
    }),
  );
