import type { TObject } from 'typebox'

/** Keyword for the component of the OpenAPI document that prints something once. */
export const COMPONENT = 'x-component'

/** Keyword for the object schemas that an object schema is made of, which the document prints as `allOf`. */
export const PARTS = 'x-parts'

/** Kinds of components that route schemas name. */
export type ComponentKind = 'parameters' | 'headers' | 'responses' | 'schemas'

/**
 * Names a component of the OpenAPI document. The kind `parameters`, in the schema of a query or path property, makes
 * the parameter a component; `headers`, in the schema of a header, the header; `responses`, in a media type, the whole
 * response; `schemas`, in any schema of a body, the schema. In a place for another kind, a name has no effect.
 */
export function component (name: `${ComponentKind}/${string}`): { readonly [COMPONENT]: string } {
  return { [COMPONENT]: name }
}

/** States that an object schema has all properties of `parts`, each of which is a component. */
export function composedOf (...parts: readonly TObject[]): { readonly [PARTS]: readonly TObject[] } {
  return { [PARTS]: parts }
}
