// Writes docs/postman.json, a collection for Postman (format 2.1), from openapi.yaml. The available converters depend
// on packages without maintenance, and fill in random values.
import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'

const root = new URL('../', import.meta.url)

/** Variables of the collection. A parameter or property of the same name has the variable as its value. */
const VARIABLES = /** @type {Record<string, string>} */ ({
  baseUrl: 'http://127.0.0.1:3000',
  apiKey: '',
  key: 'sample.mp4',
  token: ''
})

/** Endings of the names of requests whose body is not JSON, by type. */
const NAME_SUFFIXES = /** @type {Record<string, string>} */ ({
  'multipart/form-data': ' (a file)',
  'video/*': ' (a video as the body)'
})

/**
 * @typedef {{ $ref?: string, type?: string, default?: unknown, examples?: unknown[], enum?: unknown[], format?: string,
 * minimum?: number, properties?: Record<string, Schema>, required?: string[], allOf?: Schema[], description?: string
 * }} Schema
 * @typedef {{ $ref?: string, name: string, in: string, required?: boolean, description?: string, example?: unknown,
 * schema: Schema }} Parameter
 * @typedef {{ schema: Schema, example?: object }} Media
 * @typedef {{ operationId: string, summary?: string, description?: string, tags?: string[], parameters?: Parameter[],
 * requestBody?: { content: Record<string, Media> }, security?: object[] }} Operation
 * @typedef {{ info: { title: string, description: string }, tags: Array<{ name: string, description: string }>,
 * paths: Record<string, Record<string, Operation>>, components: Record<string, Record<string, object>> }} Document
 */

/** Returns the content of the file. */
export async function printPostmanCollection () {
  return `${JSON.stringify(describeCollection(parse(await readFile(new URL('openapi.yaml', root), 'utf8'))), null, 2)}\n`
}

/** @param {Document} document */
function describeCollection (document) {
  const { info, tags, paths } = document
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  )
  return {
    info: {
      name: info.title,
      description: info.description,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{apiKey}}', type: 'string' }] },
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value })),
    item: tags.map(({ name, description }) => ({
      name,
      description,
      item: operations
        .filter(({ operation }) => operation.tags?.[0] === name)
        .flatMap(({ path, method, operation }) => describeItems(document, path, method, operation))
    }))
  }
}

/**
 * Returns a request for each type of body that the operation accepts.
 * @param {Document} document
 * @param {string} path
 * @param {string} method
 * @param {Operation} operation
 */
function describeItems (
  document,
  path,
  method,
  { operationId, summary = operationId, description, parameters = [], requestBody }
) {
  const query = parameters
    .map((parameter) => /** @type {Parameter} */ (resolve(document, parameter)))
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, required = false, schema, example, description: text }) => ({
      key: name,
      value: String(chooseValue(name, schema, example)),
      description: text,
      ...(required ? {} : { disabled: true })
    }))
  const enabled = query
    .filter((parameter) => !('disabled' in parameter))
    .map(({ key, value }) => `${key}=${value}`)
    .join('&')
  const segments = path
    .slice(1)
    .split('/')
    .map((segment) => segment.replace(/^\{(.*)\}$/, '{{$1}}'))
  const url = {
    raw: `{{baseUrl}}/${segments.join('/')}${enabled === '' ? '' : `?${enabled}`}`,
    host: ['{{baseUrl}}'],
    path: segments,
    ...(query.length === 0 ? {} : { query })
  }
  const types = requestBody === undefined ? [undefined] : Object.entries(requestBody.content)
  // A video may be sent as one of two types, of which one request is enough.
  const bodies = types.length > 2 ? types.filter((entry) => entry?.[0] !== 'application/octet-stream') : types
  return bodies.map((entry) => ({
    name: `${summary}${NAME_SUFFIXES[entry?.[0] ?? ''] ?? ''}`,
    request: {
      method: method.toUpperCase(),
      description,
      url,
      ...(entry === undefined ? {} : describeBody(document, ...entry))
    }
  }))
}

/**
 * @param {Document} document
 * @param {string} type
 * @param {Media} media
 */
function describeBody (document, type, { schema, example = {} }) {
  if (type === 'multipart/form-data') {
    const formdata = listProperties(document, schema).map(([key, property]) =>
      property.format === 'binary'
        ? { key, type: 'file', src: [] }
        : {
            key,
            type: 'text',
            value: String(chooseValue(key, property)),
            description: property.description,
            disabled: true
          }
    )
    return { body: { mode: 'formdata', formdata } }
  }
  if (type !== 'application/json') {
    const value = type === 'video/*' ? 'video/mp4' : type
    return { header: [{ key: 'Content-Type', value }], body: { mode: 'file', file: { src: '' } } }
  }
  const body = Object.fromEntries(
    Object.entries(example).map(([name, value]) => [name, VARIABLES[name] === undefined ? value : `{{${name}}}`])
  )
  return {
    header: [{ key: 'Content-Type', value: type }],
    body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } }
  }
}

/**
 * Returns the properties of an object schema, its own and those of its parts.
 * @param {Document} document
 * @param {Schema} schema
 * @returns {Array<[string, Schema]>}
 */
function listProperties (document, schema) {
  const { allOf = [], properties = {} } = /** @type {Schema} */ (resolve(document, schema))
  return [...allOf.flatMap((part) => listProperties(document, part)), ...Object.entries(properties)]
}

/**
 * Returns the component that a reference is for, or what is no reference itself.
 * @param {Document} document
 * @param {{ $ref?: string }} node
 * @returns {object}
 */
function resolve ({ components }, node) {
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(\w+)$/.exec(node.$ref ?? '') ?? []
  return components[kind]?.[name] ?? node
}

/**
 * @param {string} name
 * @param {Schema} schema
 * @param {unknown} [example]
 * @returns {unknown}
 */
function chooseValue (name, schema, example) {
  if (VARIABLES[name] !== undefined) return `{{${name}}}`
  const { examples, default: fallback, enum: values, minimum, type } = schema
  const [first] = [example, examples?.[0], fallback, values?.[0], minimum].filter((value) => value !== undefined)
  if (first !== undefined) return first
  return type === 'boolean' ? false : type === 'integer' || type === 'number' ? 1 : ''
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(new URL('docs/postman.json', root), await printPostmanCollection())
}
