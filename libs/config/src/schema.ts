import * as z from 'zod/mini';
import { messageOf } from '@givc/model';

type Lenient<Schema extends z.ZodMiniType> = z.ZodMiniType<z.output<Schema>, z.input<Schema> | null | undefined>;

/** `null` and a missing key both mean the default, which is checked like a given value. */
export const defaulted = <Schema extends z.ZodMiniType>(schema: Schema, value: unknown): Lenient<Schema> =>
  z.pipe(
    z.transform((input: unknown) => input ?? value),
    schema as z.ZodMiniType<z.output<Schema>, unknown>,
  ) as never;

/** `null` and a missing key both mean that there is none. */
export const absent = <Schema extends z.ZodMiniType>(schema: Schema): Lenient<z.ZodMiniOptional<Schema>> =>
  z.pipe(
    z.transform((input: unknown) => input ?? undefined),
    z.optional(schema) as never,
  ) as never;

/** A value that one of our parsers turns into its domain type; what the parser throws is the mistake. */
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
        // The parser names the field, which here is the path that zod knows.
        context.issues.push({ code: 'custom', message: messageOf(error).replace(/^[.:]\s*/, ''), input });
        return z.NEVER;
      }
    }),
  );
