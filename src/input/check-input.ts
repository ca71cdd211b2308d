import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../errors.ts'
import {
  describeInvalidValue,
  describeMissing,
  describeUnknownName,
  type ParameterPlace
} from './parameter-problem.ts'

/** The members of a validation error that are used here. */
interface ValidationError {
  readonly keyword: string
  readonly instancePath: string
  readonly schemaPath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
}

type Check<T> = (input: unknown) => { readonly value: T } | { readonly error: PosterframeError }

/**
 * Returns a validator for JSON bodies, or parts of them, which does not convert types. Choices may be in any case and
 * have blanks around them.
 *
 * @param problem what is wrong with a value that is not an object, and what to send; by default that of a body
 */
export function createBodyCheck<Schema extends TSchema> (schema: Schema, problem?: string): Check<Static<Schema>> {
  const check = createCheck(schema, 'json', problem)
  const foldChoices = createChoiceFolding(schema)
  return (body) => check(foldChoices(body))
}

/** Returns a function that writes the choices of an object as the schema has them: in lower case, without blanks. */
function createChoiceFolding (schema: TSchema): (input: unknown) => unknown {
  const { properties = {} } = schema as { properties?: Readonly<Record<string, { enum?: unknown }>> }
  const names = Object.keys(properties).filter((name) => properties[name]?.enum !== undefined)
  return (input) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
    const texts = names.flatMap((name) => {
      const text: unknown = Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined
      return typeof text === 'string' ? [[name, text.trim().toLowerCase()]] : []
    })
    return { ...input, ...(Object.fromEntries(texts) as Record<string, string>) }
  }
}

/** Returns a validator for the texts of a query or a form, which parses integers and booleans. */
export function createTextCheck<Schema extends TSchema> (schema: Schema): Check<Static<Schema>> {
  const check = createCheck(schema, 'text')
  const foldChoices = createChoiceFolding(schema)
  const properties = (schema as { properties?: Readonly<Record<string, { type?: unknown }>> }).properties ?? {}
  return (input) => {
    const texts = Object.entries(Object(input) as Record<string, unknown>)
    const repeated = texts.find(([, text]) => Array.isArray(text))
    if (repeated !== undefined) return { error: parameterError(repeated[0], 'is given more than once; send it once') }
    const values = texts.map(([name, text]) => [name, readText(text, properties[name]?.type)])
    return check(foldChoices(Object.fromEntries(values)))
  }
}

/** Returns `invalid_request` for one parameter or field. `problem` continues the sentence after the name. */
export function parameterError (name: string, problem: string): PosterframeError {
  const parameter = name.slice(0, 100)
  const detail = `'${parameter}' ${problem}${/[.?]$/.test(problem) ? '' : '.'}`
  return new PosterframeError('invalid_request', { detail, members: { parameter } })
}

function createCheck<Schema extends TSchema> (
  schema: Schema,
  place: ParameterPlace,
  notObject?: string
): Check<Static<Schema>> {
  const validator = Compile(schema)
  return (input) =>
    validator.Check(input)
      ? { value: input }
      : { error: toParameterError(validator.Errors(input), { schema, input, place, notObject }) }
}

// Strict on purpose: '640.5', '0x280' and '' are not integers.
function readText (text: unknown, type: unknown): unknown {
  if (typeof text !== 'string') return text
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/** Returns `invalid_request` for a request without a body. */
export function missingBodyError (): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: 'The request body is missing. Send a JSON object with the header "Content-Type: application/json".'
  })
}

interface FailedCheck {
  readonly schema: TSchema
  readonly input: unknown
  readonly place: ParameterPlace
  readonly notObject: string | undefined
}

function toParameterError (
  errors: readonly ValidationError[],
  { schema, input, place, notObject }: FailedCheck
): PosterframeError {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, TSchema>> }
  const unknown = errors.find(({ keyword }) => keyword === 'additionalProperties')
  if (unknown !== undefined) {
    const name = firstName(unknown.params['additionalProperties'])
    return parameterError(name, describeUnknownName(name, Object.keys(properties)))
  }
  const missing = errors.find(({ keyword }) => keyword === 'required')
  if (missing !== undefined) {
    const name = firstName(missing.params['requiredProperties'])
    return parameterError(name, describeMissing(name, properties[name], place))
  }
  const first = errors[0]
  if (first === undefined || first.instancePath === '') {
    if (notObject === undefined && (input === undefined || input === null)) return missingBodyError()
    return new PosterframeError('invalid_request', {
      detail: notObject ?? 'The request body must be a JSON object, such as {"key": "sample.mp4"}.'
    })
  }
  const [part, value] = [follow(schema, first.schemaPath.slice(1)), follow(input, first.instancePath)]
  return parameterError(
    first.instancePath.slice(1),
    part === undefined ? first.message : describeInvalidValue(part as TSchema, value, place)
  )
}

/** Returns what a JSON pointer (RFC 6901) leads to. */
function follow (root: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1)
  return names.reduce<unknown>(
    (value, name) => (Object(value) as Record<string, unknown>)[name.replaceAll('~1', '/').replaceAll('~0', '~')],
    root
  )
}

function firstName (names: unknown): string {
  return Array.isArray(names) ? String(names[0]) : ''
}
