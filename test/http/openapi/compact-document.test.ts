import t from 'tap'
import { requestOptions } from '../../../src/options/option-schemas.ts'
import { compactDocument } from '../../../src/http/openapi/compact-document.ts'
import { isObject, type Json, type JsonObject, mapValues } from '../../../src/http/openapi/json.ts'
import { generateDocument } from '../../../src/http/routes/openapi-pages.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { resolve, type OpenapiDocument } from '../../support/openapi-contract.ts'
import { ALL_ROUTES } from '../../support/openapi-routes.ts'

/** Replaces references and compositions by what they stand for, and removes the keywords that only the service has. */
function expand (node: Json, document: JsonObject): Json {
  if (Array.isArray(node)) return node.map((item) => expand(item, document))
  if (!isObject(node)) return node
  if (typeof node['$ref'] === 'string') {
    const [, target] = resolve<Json>(document as unknown as OpenapiDocument, node['$ref'].slice(1))
    return expand(target, document)
  }
  const { 'x-component': _component, 'x-parts': _parts, ...rest } = node
  return flatten(mapValues(rest, (value) => expand(value, document)))
}

function flatten ({ unevaluatedProperties, allOf, ...schema }: JsonObject): JsonObject {
  if (unevaluatedProperties === undefined) return allOf === undefined ? schema : { ...schema, allOf }
  const parts = [...(allOf as JsonObject[]), schema]
  const required = parts.flatMap((part) => (part['required'] ?? []) as string[])
  return {
    ...schema,
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)) as JsonObject,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: unevaluatedProperties
  }
}

/** Sorts what has no order, and omits `required: false`, which is the default of a parameter. */
function normalize (node: Json): Json {
  if (Array.isArray(node)) return node.map(normalize)
  if (!isObject(node)) return node
  const { required, ...rest } = node
  const normal = mapValues(rest, normalize)
  if (Array.isArray(required)) return { ...normal, required: [...required].sort() }
  return required === undefined || required === false ? normal : { ...normal, required: normalize(required) }
}

t.test('the compact document describes what the generated one does', async (t) => {
  const { app } = await buildContractedApp(t, ALL_ROUTES)
  const generated = generateDocument(app)
  const compact = compactDocument(generated)
  const read = (document: JsonObject) => {
    const { paths, components, ...rest } = document
    const { securitySchemes } = components as JsonObject
    return { ...rest, securitySchemes, paths: normalize(expand(paths as Json, document)) } as unknown as {
      paths: Record<string, Record<string, { parameters?: Array<{ name: string, in: string }> }>>
    }
  }
  const [before, after] = [read(generated), read(compact)]
  const thumbnails = before.paths['/v1/thumbnails']!['post']!
  t.same(
    thumbnails.parameters?.map((parameter) => [parameter.in, parameter.name]),
    Object.keys(requestOptions).map((name) => ['query', name]),
    'the options of the query are those of the body'
  )
  delete thumbnails.parameters
  t.strictSame(after, before)
  t.notMatch(JSON.stringify(compact), /"x-/)
})

const text = (component?: string) => ({
  type: 'string',
  ...(component === undefined ? {} : { 'x-component': component })
})

/** A document with one operation that has `schema` as its JSON body. */
const withBody = (schema: JsonObject, operation: JsonObject = {}): JsonObject => ({
  tags: [],
  paths: {
    '/a': {
      post: { requestBody: { content: { 'application/json': { schema } } }, responses: {}, ...operation }
    }
  },
  components: {}
})

t.test('shares what has the same name, once for each kind', async (t) => {
  const parameter = { name: 'id', in: 'path', required: true, schema: text('parameters/Id') }
  const header = { description: 'Why.', schema: text('headers/Reason') }
  const content = { 'text/plain': { 'x-component': 'responses/Refusal', schema: text('schemas/Id') } }
  const document = withBody({ type: 'array', items: text('schemas/Id') }, {
    parameters: [parameter],
    responses: { 400: { description: 'No.', headers: { Reason: header }, content } }
  })
  t.strictSame(compactDocument(document), {
    tags: [],
    paths: {
      '/a': {
        post: {
          parameters: [{ $ref: '#/components/parameters/Id' }],
          requestBody: {
            content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Id' } } } }
          },
          responses: { 400: { $ref: '#/components/responses/Refusal' } }
        }
      }
    },
    components: {
      parameters: { Id: { name: 'id', in: 'path', required: true, schema: text() } },
      headers: { Reason: { description: 'Why.', schema: text() } },
      responses: {
        Refusal: {
          description: 'No.',
          headers: { Reason: { $ref: '#/components/headers/Reason' } },
          content: { 'text/plain': { schema: { $ref: '#/components/schemas/Id' } } }
        }
      },
      schemas: { Id: text() }
    }
  })
})

t.test('ignores the name of a kind that has no place there', async (t) => {
  const { components, paths } = compactDocument(withBody(text('parameters/Id'))) as Record<string, JsonObject>
  t.strictSame(components, { parameters: {}, headers: {}, responses: {}, schemas: {} })
  t.match(paths, { '/a': { post: { requestBody: { content: { 'application/json': { schema: text() } } } } } })
})

t.test('rejects two different components of one name', async (t) => {
  const properties = { a: text('schemas/Id'), b: { ...text('schemas/Id'), maxLength: 1 } }
  t.throws(() => compactDocument(withBody({ type: 'object', properties })), /two different schemas are named Id/)
})

t.test('omits a query parameter only if the JSON body has it as a property', async (t) => {
  const parameters = ['a', 'b'].map((name) => ({ name, in: 'query', schema: text() }))
  const names = (content: JsonObject) => {
    const { paths } = compactDocument(withBody({}, { parameters, requestBody: { content } }))
    return (paths as Record<string, Record<string, { parameters?: JsonObject[] }>>)['/a']?.['post']?.parameters
  }
  const video = { 'video/*': { schema: text() } }
  t.match(names({ 'application/json': { schema: { type: 'object', properties: { b: text() } } }, ...video }), [
    { name: 'a' }
  ])
  t.match(names(video), [{ name: 'a' }, { name: 'b' }])
})

t.test('rejects a composition that differs from its parts', async (t) => {
  const part = { type: 'object', 'x-component': 'schemas/Part', required: ['a'], properties: { a: text() } }
  const compose = (schema: JsonObject) => () =>
    compactDocument(withBody({ type: 'object', 'x-parts': [part], ...schema }))
  t.doesNotThrow(compose({ required: ['a'], properties: { a: text(), b: text() } }))
  t.throws(compose({ properties: { a: text() } }), /property a is optional/)
  t.throws(compose({ required: ['a'], properties: { a: { type: 'integer' } } }), /property a differs/)
  t.throws(compose({ required: ['a'], properties: { b: text() } }), /property a differs/)
})
