// Validates responses against an OpenAPI 3.1 document. Imports nothing of the service, so that any test can use it on
// any server.
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** Reference to a component. */
interface Reference {
  readonly $ref: string
}

interface ResponseObject {
  readonly headers?: Record<string, unknown>
  readonly content?: Record<string, unknown>
}

interface OperationObject {
  readonly responses: Record<string, ResponseObject | Reference>
}

/** The parts of an OpenAPI document that this file reads. */
export interface OpenapiDocument {
  readonly paths: Record<string, Record<string, OperationObject>>
  readonly components: { readonly schemas: Record<string, unknown> }
}

export type AnswerHeaders = Readonly<Record<string, string | number | string[] | undefined>>

const ROOT = 'https://document.invalid/openapi'
const validators = new WeakMap<OpenapiDocument, Ajv2020>()

/**
 * Throws unless the document has this response of `method` on `path`: the status, the media type, the headers and the
 * body. A URL or method that is not in the document may only have a problem document as its response. The names of
 * `headers` are in lower case; `path` may contain a query.
 */
export function validateResponse (
  document: OpenapiDocument,
  method: string,
  path: string,
  status: number,
  headers: AnswerHeaders,
  body: string | Uint8Array
): void {
  const where = `${method} ${path}: ${status}`
  const template = findTemplate(document, path.split('?', 1)[0] ?? '')
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase()
  const operation = template === undefined ? undefined : document.paths[template]?.[verb]
  if (template === undefined || operation === undefined) {
    if (status < 400) throw new Error(`${where} is not in the document`)
    if (template !== undefined && status === 405 && headers['allow'] === undefined) {
      throw new Error(`${where} has no Allow header`)
    }
    if (method !== 'HEAD') validateBody(document, '/components/schemas/Problem', where, body)
    return
  }
  if (operation.responses[status] === undefined) throw new Error(`${where} is not among the responses in the document`)
  const [pointer, response] = resolve<ResponseObject>(document, `/paths/${escape(template)}/${verb}/responses/${status}`)
  validateHeaders(document, response, pointer, where, headers)
  const media = matchMedia(response, where, headers['content-type'], body)
  if (media?.includes('json') === true && method !== 'HEAD') {
    validateBody(document, `${pointer}/content/${escape(media)}/schema`, where, body)
  }
}

function validateHeaders (
  document: OpenapiDocument,
  { headers: declared = {} }: ResponseObject,
  pointer: string,
  where: string,
  headers: AnswerHeaders
): void {
  for (const name of Object.keys(declared)) {
    const value = headers[name.toLowerCase()]
    if (value === undefined) {
      if (name === 'Location') throw new Error(`${where} has no Location`)
      continue
    }
    const number = Number(value)
    const [header] = resolve(document, `${pointer}/headers/${escape(name)}`)
    const isValid = compile(document, `${header}/schema`)
    if (!isValid(value) && (Number.isNaN(number) || !isValid(number))) {
      throw new Error(`${where}: ${name} is ${String(value)}`)
    }
  }
}

function matchMedia (
  { content }: ResponseObject,
  where: string,
  type: unknown,
  body: string | Uint8Array
): string | undefined {
  if (content === undefined) {
    if (body.length > 0) throw new Error(`${where} has a body, and none is in the document`)
    return undefined
  }
  const media = String(type).split(';', 1)[0] ?? ''
  const known = Object.hasOwn(content, media) ? media : Object.hasOwn(content, '*/*') ? '*/*' : undefined
  if (known === undefined) throw new Error(`${where} is of the type ${media}, which is not in the document`)
  return known
}

function validateBody (document: OpenapiDocument, pointer: string, where: string, body: string | Uint8Array): void {
  const isValid = compile(document, pointer)
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  if (!isValid(JSON.parse(text))) throw new Error(`${where} answers ${text}, which ${JSON.stringify(isValid.errors)}`)
}

function compile (document: OpenapiDocument, pointer: string) {
  let ajv = validators.get(document)
  if (ajv === undefined) {
    ajv = new Ajv2020({ strict: false, allErrors: true })
    formats.default(ajv)
    ajv.addSchema(document, ROOT, undefined, false)
    validators.set(document, ajv)
  }
  return ajv.getSchema(`${ROOT}#${pointer}`) ?? ajv.compile({ $ref: `${ROOT}#${pointer}` })
}

/** Returns the value at a JSON pointer and where it is, which is elsewhere if there is a reference at the pointer. */
export function resolve<T> (document: OpenapiDocument, pointer: string): [pointer: string, value: T] {
  const value = pointer
    .slice(1)
    .split('/')
    .reduce<unknown>((parent, name) => (parent as Record<string, unknown>)[unescape(name)], document)
  const { $ref } = Object(value) as Partial<Reference>
  return $ref === undefined ? [pointer, value as T] : resolve(document, $ref.slice(1))
}

function findTemplate (document: OpenapiDocument, path: string): string | undefined {
  const segments = path.split('/')
  return Object.keys(document.paths).find((template) => {
    const wanted = template.split('/')
    return (
      wanted.length === segments.length &&
      wanted.every((part, index) => part.startsWith('{') || part === segments[index])
    )
  })
}

function escape (name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function unescape (name: string): string {
  return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')
}
