/**
 * A moment as the client names it (design, "options"), before the duration is known. Times are whole microseconds,
 * so that they compare exactly.
 */
export type Timestamp =
  | { readonly kind: 'from-start', readonly micros: number }
  | { readonly kind: 'from-end', readonly micros: number }
  /** `fraction` of the duration, 0 to 1. */
  | { readonly kind: 'fraction', readonly fraction: number }
  | { readonly kind: 'first' }
  | { readonly kind: 'middle' }
  | { readonly kind: 'last' }
  | { readonly kind: 'auto' }
