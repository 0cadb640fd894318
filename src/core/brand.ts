declare const brand: unique symbol;

/** A `T` that only one constructor makes, so that two kinds of string cannot be confused. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
