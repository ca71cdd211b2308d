import { buffer } from 'node:stream/consumers'
import type { Static, TSchema } from 'typebox'
import Value from 'typebox/value'
import { isPosterframeError } from '../errors.ts'
import type { ObjectLocation, ObjectHead, ObjectStore } from './object-store.ts'

/** Returns the value of a JSON text; undefined if there is no text or it does not match the schema. Never throws. */
export function parseJson<Schema extends TSchema> (
  text: string | undefined,
  schema: Schema
): Static<Schema> | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Value.Check(schema, value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads a JSON object from the store. Returns undefined if there is no object at the location, if it is longer than
 * `maxBytes`, or if it does not match the schema.
 *
 * @throws PosterframeError any other failure of {@link ObjectStore.get}
 */
export async function getJson<Schema extends TSchema> (
  store: Pick<ObjectStore, 'get'>,
  location: ObjectLocation,
  schema: Schema,
  { maxBytes, signal }: { readonly maxBytes: number, readonly signal: AbortSignal }
): Promise<{ readonly value: Static<Schema>, readonly metadata: ObjectHead['metadata'] } | undefined> {
  try {
    const { bytes, metadata, body } = await store.get(location, { signal, range: { start: 0, end: maxBytes + 1 } })
    const text = (await buffer(body)).toString()
    const value = bytes > maxBytes ? undefined : parseJson(text, schema)
    return value === undefined ? undefined : { value, metadata }
  } catch (error) {
    if (isPosterframeError(error, 'source_not_found')) return undefined
    throw error
  }
}
