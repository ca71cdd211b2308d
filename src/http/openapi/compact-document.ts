import { isDeepStrictEqual } from 'node:util'
import { COMPONENT, type ComponentKind, PARTS } from '../schemas/components.ts'
import { isObject, type Json, type JsonObject, mapValues } from './json.ts'

/** Components collected so far, by kind and name. */
type Components = JsonObject & Record<ComponentKind, JsonObject>

interface RequestBody {
  readonly content: Readonly<Record<string, { readonly schema: JsonObject }>>
}

/**
 * Returns a generated OpenAPI document with each named part printed once, under `components`, and referenced wherever
 * it is used. The result describes the same API; see `test/http/openapi/compact-document.test.ts`.
 *
 * - Whatever carries the keyword `x-component` becomes a component of that name.
 * - An object schema with `x-parts` becomes an `allOf` of these parts and the properties that none of them has.
 * - A query parameter that the JSON body of the operation has as a property is omitted: pages that execute operations
 *   would fill in both, which is an error.
 *
 * @throws Error if two different components have the same name, or an object schema differs from one of its parts
 */
export function compactDocument (document: JsonObject): JsonObject {
  const { paths = {}, components = {}, ...rest } = document
  const { schemas = {}, ...otherComponents } = components as Record<string, JsonObject>
  const shared: Components = { parameters: {}, headers: {}, responses: {}, schemas: {} }
  const compactPaths = mapValues(sortPaths(paths as JsonObject, rest['tags'] as JsonObject[]), (operations) =>
    mapValues(operations as JsonObject, (operation) => compactOperation(operation as JsonObject, shared))
  )
  for (const [name, schema] of Object.entries(schemas)) {
    share('schemas', `schemas/${name}`, shareSchemas(schema, shared) as JsonObject, shared)
  }
  const sorted = mapValues(shared, (named) => sortByName(named as JsonObject))
  return { ...rest, paths: compactPaths, components: { ...otherComponents, ...sorted } }
}

function sortByName (object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Sorts paths as the tags of their operations are sorted, and by name within a tag. */
function sortPaths (paths: JsonObject, tags: readonly JsonObject[] = []): JsonObject {
  const rank = ([, operations]: [string, Json]) => {
    const [operation] = Object.values(operations as Record<string, { tags?: Json[] }>)
    return tags.findIndex(({ name }) => name === operation?.tags?.[0])
  }
  return Object.fromEntries(Object.entries(sortByName(paths)).sort((one, other) => rank(one) - rank(other)))
}

function compactOperation (operation: JsonObject, shared: Components): JsonObject {
  const { operationId, tags, summary, description, security, parameters, requestBody, responses, ...rest } = operation
  const own = omitBodyProperties((parameters ?? []) as JsonObject[], requestBody as RequestBody | undefined)
  return omitUndefined({
    operationId,
    tags,
    summary,
    description,
    security,
    ...rest,
    parameters: own.length === 0 ? undefined : own.map((parameter) => shareParameter(parameter, shared)),
    requestBody: requestBody && shareSchemas(requestBody, shared),
    responses: mapValues(responses as JsonObject, (response) => shareResponse(response as JsonObject, shared))
  })
}

function omitBodyProperties (parameters: readonly JsonObject[], body: RequestBody | undefined): readonly JsonObject[] {
  const properties = Object(body?.content['application/json']?.schema['properties']) as JsonObject
  return parameters.filter(({ name, in: place }) => place !== 'query' || !Object.hasOwn(properties, name as string))
}

function shareParameter ({ name, in: place, required, description, schema, ...rest }: JsonObject, shared: Components) {
  const { [COMPONENT]: component, ...plainSchema } = schema as JsonObject
  const parameter = omitUndefined({
    name,
    in: place,
    required: required === true ? true : undefined,
    description,
    schema: plainSchema,
    ...rest
  })
  return share('parameters', component, parameter, shared)
}

function shareHeader ({ schema, ...rest }: JsonObject, shared: Components): Json {
  const { [COMPONENT]: component, ...plainSchema } = schema as JsonObject
  return share('headers', component, { ...rest, schema: plainSchema }, shared)
}

function shareResponse ({ headers, content, ...rest }: JsonObject, shared: Components): Json {
  const media = Object.values((content ?? {}) as Record<string, JsonObject>)
  const component = media.find((entry) => entry[COMPONENT] !== undefined)?.[COMPONENT]
  const response = omitUndefined({
    ...rest,
    headers: headers && mapValues(headers as JsonObject, (header) => shareHeader(header as JsonObject, shared)),
    content:
      content &&
      mapValues(content as JsonObject, (entry) => {
        const { [COMPONENT]: _name, ...plain } = entry as JsonObject
        return shareSchemas(plain, shared)
      })
  })
  return share('responses', component, response, shared)
}

/** Replaces the named schemas inside `node`, and `node` itself if it is one, by references. */
function shareSchemas (node: Json, shared: Components): Json {
  if (Array.isArray(node)) return node.map((item) => shareSchemas(item, shared))
  if (!isObject(node)) return node
  const { [COMPONENT]: component, ...schema } = composeSchema(node)
  const compact = mapValues(schema, (value) => shareSchemas(value, shared))
  return share('schemas', component, compact, shared)
}

/** Writes an object schema as an `allOf` of its parts, whose properties it then no longer repeats. */
function composeSchema (node: JsonObject): JsonObject {
  if (node[PARTS] === undefined) return node
  const { [PARTS]: parts, properties, required = [], additionalProperties, ...rest } = node
  const own = { ...(properties as JsonObject) }
  const ownRequired = new Set(required as string[])
  for (const part of parts as JsonObject[]) {
    for (const [name, property] of Object.entries(part['properties'] as JsonObject)) {
      if (!isDeepStrictEqual(own[name], property)) throw new Error(`property ${name} differs from that of the part`)
      delete own[name]
    }
    for (const name of (part['required'] ?? []) as string[]) {
      if (!ownRequired.delete(name)) throw new Error(`property ${name} is optional, unlike that of the part`)
    }
  }
  return omitUndefined({
    ...rest,
    allOf: parts,
    required: ownRequired.size === 0 ? undefined : [...ownRequired],
    properties: Object.keys(own).length === 0 ? undefined : own,
    // `additionalProperties` would reject the properties of the parts, which it does not see.
    unevaluatedProperties: additionalProperties
  })
}

function share (kind: ComponentKind, component: Json | undefined, value: JsonObject, shared: Components): Json {
  if (typeof component !== 'string' || !component.startsWith(`${kind}/`)) return value
  const name = component.slice(kind.length + 1)
  if (!isDeepStrictEqual(shared[kind][name] ?? value, value)) throw new Error(`two different ${kind} are named ${name}`)
  shared[kind][name] = value
  return { $ref: `#/components/${component}` }
}

function omitUndefined (object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject
}
