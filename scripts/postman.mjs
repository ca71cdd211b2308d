// Generates docs/postman.json, a Postman collection (format 2.1), from openapi.yaml. The converters on npm depend on
// unmaintained packages and fill in random values, so this one uses the examples of the document.
import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'

const root = new URL('../', import.meta.url)

/** Variables of the collection. A parameter or member of the same name takes its value from the variable. */
const VARIABLES = /** @type {Record<string, string>} */ ({
  baseUrl: 'http://127.0.0.1:3000',
  apiKey: '',
  key: 'sample.mp4',
  token: ''
})

/**
 * @typedef {{ $ref?: string, type?: string, default?: unknown, examples?: unknown[], enum?: unknown[], const?:
 * unknown, format?: string, minimum?: number, properties?: Record<string, Schema>, required?: string[], items?:
 * Schema, anyOf?: Schema[], description?: string }} Schema
 * @typedef {{ name: string, in: string, required?: boolean, description?: string, schema: Schema }} Parameter
 * @typedef {{ operationId: string, summary?: string, description?: string, tags?: string[], parameters?: Parameter[],
 * requestBody?: { content: Record<string, { schema: Schema }> }, security?: object[] }} Operation
 * @typedef {{ info: { title: string, description: string }, tags: Array<{ name: string, description: string }>,
 * paths: Record<string, Record<string, Operation>> }} Document
 */

/** Returns the text of the file. */
export async function printPostmanCollection () {
  return `${JSON.stringify(describeCollection(parse(await readFile(new URL('openapi.yaml', root), 'utf8'))), null, 2)}\n`
}

/** @param {Document} document */
function describeCollection ({ info, tags, paths }) {
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
        .flatMap(({ path, method, operation }) => describeItems(path, method, operation))
    }))
  }
}

/**
 * Returns one request for each media type that the operation accepts.
 * @param {string} path
 * @param {string} method
 * @param {Operation} operation
 */
function describeItems (
  path,
  method,
  { operationId, summary = operationId, description, parameters = [], requestBody }
) {
  const query = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, required = false, schema, description: text }) => ({
      key: name,
      value: String(chooseValue(name, schema)),
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
  const bodies = requestBody === undefined ? [undefined] : Object.entries(requestBody.content)
  return bodies.map((entry) => ({
    name: entry?.[0] === 'multipart/form-data' ? `${summary} (a file)` : summary,
    request: {
      method: method.toUpperCase(),
      description,
      url,
      ...(entry === undefined ? {} : describeBody(entry[0], entry[1].schema))
    }
  }))
}

/**
 * @param {string} type
 * @param {Schema} schema
 */
function describeBody (type, schema) {
  const members = Object.entries(schema.properties ?? {})
  const isRequired = (/** @type {string} */ name) => schema.required?.includes(name) === true
  if (type === 'multipart/form-data') {
    const formdata = members.map(([key, member]) =>
      member.format === 'binary'
        ? { key, type: 'file', src: [] }
        : {
            key,
            type: 'text',
            value: String(chooseValue(key, member)),
            description: member.description,
            disabled: true
          }
    )
    return { body: { mode: 'formdata', formdata } }
  }
  const body = Object.fromEntries(
    members.filter(([name]) => isRequired(name)).map(([name, member]) => [name, chooseValue(name, member)])
  )
  return {
    header: [{ key: 'Content-Type', value: type }],
    body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } }
  }
}

/**
 * @param {string} name
 * @param {Schema} schema
 * @returns {unknown}
 */
function chooseValue (name, schema) {
  if (VARIABLES[name] !== undefined) return `{{${name}}}`
  const [first] = [schema.examples?.[0], schema.default, schema.const, schema.enum?.[0], schema.minimum].filter(
    (value) => value !== undefined
  )
  if (first !== undefined) return first
  if (schema.type === 'array') return schema.items === undefined ? [] : [chooseValue('', schema.items)]
  if (schema.type === 'object') {
    return Object.fromEntries(
      (schema.required ?? []).map((member) => [member, chooseValue(member, schema.properties?.[member] ?? {})])
    )
  }
  return schema.type === 'boolean' ? false : schema.type === 'integer' || schema.type === 'number' ? 1 : ''
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(new URL('docs/postman.json', root), await printPostmanCollection())
}
