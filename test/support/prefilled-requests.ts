// The requests that the page at /docs sends for "Try it out" and "Execute", with nothing changed in its fields.
import { resolve, type OpenapiDocument } from './openapi-contract.ts'

type Value = string | number | boolean

interface Schema {
  readonly type?: string | readonly string[]
  readonly default?: Value
  readonly examples?: readonly Value[]
  readonly enum?: readonly Value[]
  readonly format?: string
  readonly allOf?: ReadonlyArray<{ readonly $ref: string }>
  readonly properties?: Readonly<Record<string, Schema>>
}

interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required?: boolean
  readonly example?: string | number
  readonly schema: Schema
}

interface Operation {
  readonly operationId: string
  readonly parameters?: ReadonlyArray<Parameter | { readonly $ref: string }>
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema, example?: unknown }>> }
}

/** Request of one operation with one type of body. */
export interface PrefilledRequest {
  readonly operationId: string
  /** Media type of the body; undefined if there is none. */
  readonly mediaType: string | undefined
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Blob | FormData
}

/**
 * Status of each operation, and of each further type of body, on a service whose store has only the sample video. An
 * operation that needs the result of another one has an example that does not exist, for which it returns the
 * documented error.
 */
export const EXAMPLE_STATUSES: Readonly<Record<string, number>> = {
  makeThumbnail: 201,
  'makeThumbnail multipart/form-data': 201,
  'makeThumbnail video/*': 201,
  // The same video and options.
  'makeThumbnail application/octet-stream': 200,
  redirectToThumbnail: 302,
  makeBatch: 200,
  makeStoryboard: 201,
  makePreview: 201,
  // No job has this ID.
  findJob: 404,
  describeSource: 200,
  startUpload: 201,
  // No upload has this token.
  listUploadParts: 400,
  signUploadParts: 400,
  completeUpload: 400,
  abortUpload: 400,
  // The service did not sign these.
  getObject: 400,
  postObject: 400,
  putObject: 400,
  checkHealth: 200,
  checkReadiness: 200,
  readMetrics: 200
}

/**
 * Returns the requests of all operations; `file` is the one that a caller chooses where an operation takes a file.
 *
 * @throws Error for a required parameter or a JSON body without an example, for which the page would invent a value
 */
export function listPrefilledRequests (document: OpenapiDocument, file: Blob): PrefilledRequest[] {
  return Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, described]): PrefilledRequest[] => {
      const operation = described as unknown as Operation
      const { path, headers } = fillParameters(document, template, operation)
      const base = { operationId: operation.operationId, method: method.toUpperCase(), path, headers }
      const { content } = operation.requestBody ?? {}
      if (content === undefined) return [{ ...base, mediaType: undefined }]
      return Object.entries(content).map(([mediaType, { schema, example }]) => {
        if (mediaType === 'multipart/form-data') return { ...base, mediaType, body: fillForm(document, schema, file) }
        if (mediaType !== 'application/json') return { ...base, mediaType, body: file }
        if (example === undefined) throw new Error(`the body of ${operation.operationId} has no example`)
        return {
          ...base,
          mediaType,
          headers: { ...headers, 'content-type': mediaType },
          body: JSON.stringify(example)
        }
      })
    })
  )
}

function fillParameters (document: OpenapiDocument, template: string, { operationId, parameters = [] }: Operation) {
  const filled = parameters.flatMap((described) => {
    const parameter = '$ref' in described ? resolve<Parameter>(document, described.$ref.slice(1))[1] : described
    const value = parameter.example ?? parameter.schema.default
    if (value === undefined && parameter.required === true) {
      throw new Error(`${parameter.name} of ${operationId} has no example`)
    }
    return value === undefined ? [] : [{ ...parameter, value: String(value) }]
  })
  const listOf = (place: Parameter['in']): Array<[string, string]> =>
    filled.filter((one) => one.in === place).map(({ name, value }) => [name, value])
  const query = new URLSearchParams(listOf('query'))
  const path = listOf('path').reduce((url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(value)), template)
  return {
    path: query.size === 0 ? path : `${path}?${query.toString()}`,
    headers: Object.fromEntries(listOf('header'))
  }
}

function fillForm (document: OpenapiDocument, described: Schema, file: Blob): FormData {
  const form = new FormData()
  const schema = resolveSchema(document, described)
  const parts = (schema.allOf ?? []).map((part) => resolveSchema(document, part))
  for (const [name, property] of [...parts, schema].flatMap((part) => Object.entries(part.properties ?? {}))) {
    const value = property.examples?.[0] ?? property.default ?? property.enum?.[0]
    if (property.format === 'binary') form.append(name, file, 'sample.mp4')
    else if (value !== undefined) form.append(name, String(value))
  }
  return form
}

function resolveSchema (document: OpenapiDocument, schema: Schema | { readonly $ref: string }): Schema {
  return '$ref' in schema ? resolve<Schema>(document, schema.$ref.slice(1))[1] : schema
}
