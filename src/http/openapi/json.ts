/** Value of a JSON document. */
export type Json = string | number | boolean | null | Json[] | JsonObject

/** Object of a JSON document. */
export interface JsonObject {
  [name: string]: Json
}

/** Returns whether `value` is an object, not an array. */
export function isObject (value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns an object with the same names and mapped values. */
export function mapValues (object: JsonObject, map: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]))
}
