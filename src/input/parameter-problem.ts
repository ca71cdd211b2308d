import type { TSchema } from 'typebox'
import { findNearestName } from './nearest-name.ts'

/** The members of a schema that describe what is allowed. */
interface Allowed {
  readonly type?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, TSchema>>
}

/** Where a parameter is: in a JSON body, or in a query or a form, whose values are all texts. */
export type ParameterPlace = 'json' | 'text'

const MAX_SHOWN = 64
/** A pattern of a number of hexadecimal digits, such as that of the ID of a job. */
const HEXADECIMAL = /^\^\[0-9a-f\]\{(\d+)\}\$$/

/** Returns what is wrong with a value and what is allowed instead; continues a sentence after the name. */
export function describeInvalidValue (schema: TSchema, value: unknown, place: ParameterPlace): string {
  const allowed = describeAllowed(schema)
  const { minLength = 0, maxLength = Infinity } = schema as Allowed
  if (value === '' && minLength > 0) return `is empty, and must be ${allowed}`
  if (typeof value === 'string' && value.length > maxLength) {
    const text = Array.isArray((schema as Allowed).type) ? describeText(schema) : allowed
    return `has ${value.length.toLocaleString('en')} characters, and must be ${text}`
  }
  return `is ${describeValue(value, place)}, and must be ${allowed}`
}

/** Returns that a parameter is unknown, and which one was probably meant, or which there are. */
export function describeUnknownName (name: string, known: readonly string[]): string {
  const nearest = findNearestName(name, known)
  if (nearest !== undefined) return `is not a known parameter; did you mean '${nearest}'?`
  return known.length === 0
    ? 'is not a known parameter; there are none here. Leave it out.'
    : `is not a known parameter. Use ${known.join(', ')}.`
}

/** Returns that a required parameter is missing, and how to send it. */
export function describeMissing (name: string, schema: TSchema | undefined, place: ParameterPlace): string {
  const [example] = (schema as Allowed | undefined)?.examples ?? []
  const json = JSON.stringify(example)
  if (place === 'json') return `is missing. Add it to the JSON body${example === undefined ? '.' : `: "${name}": ${json}.`}`
  return `is missing. Add it to the query${example === undefined ? '.' : `: ${name}=${typeof example === 'string' ? example : json}.`}`
}

function describeAllowed (allowed: Allowed): string {
  if (allowed.enum !== undefined) return `one of ${allowed.enum.join(', ')}`
  if (Array.isArray(allowed.type)) return describeTime(allowed)
  switch (allowed.type) {
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `a whole number${describeRange(allowed.minimum, allowed.maximum)}`
    case 'number':
      return `a number${describeRange(allowed.minimum, allowed.maximum)}`
    case 'array':
      return `a list${describeRange(allowed.minItems, allowed.maxItems, ' items')}`
    case 'object':
      return `a JSON object with ${Object.keys(allowed.properties ?? {}).join(', ')}`
    default:
      return describeText(allowed)
  }
}

/** Describes the only values of two types: times, which are numbers of seconds or texts. */
function describeTime ({ type, minimum, maximum, examples = [] }: Allowed): string {
  const number = (type as readonly unknown[]).includes('integer') ? 'a whole number' : 'a number'
  const text = examples.length === 0 ? 'a text' : `a text such as ${examples.join(' or ')}`
  return `${number} of seconds${describeRange(minimum, maximum)}, or ${text}`
}

function describeText ({ minLength, maxLength, pattern, examples = [] }: Allowed): string {
  const digits = HEXADECIMAL.exec(pattern ?? '')?.[1]
  const length = digits === undefined
    ? describeRange(minLength, maxLength, ' characters')
    : ` of ${digits} hexadecimal digits`
  const form = pattern === undefined || examples.length > 0 ? '' : ` that matches ${pattern}`
  const example = examples.length === 0 ? '' : `, such as ${examples.join(' or ')}`
  return `a text${length}${form}${example}`
}

function describeRange (least: number | undefined, most: number | undefined, unit = ''): string {
  const [from, to] = [least, most].map((limit) => limit?.toLocaleString('en'))
  if (from !== undefined && from === to) return ` of ${from}${unit}`
  if (from !== undefined && to !== undefined) return `${unit === '' ? ' from' : ' of'} ${from} to ${to}${unit}`
  if (from !== undefined) return ` of at least ${from}${unit}`
  return to === undefined ? '' : ` of at most ${to}${unit}`
}

function describeValue (value: unknown, place: ParameterPlace): string {
  if (typeof value === 'string') return place === 'text' ? `'${shorten(value)}'` : `the text '${shorten(value)}'`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'a JSON object'
  // JSON.parse returns Infinity for a number beyond the range of a double, such as 1e400.
  if (typeof value === 'number' && !Number.isFinite(value)) return `a number that is too ${value > 0 ? 'large' : 'small'}`
  return shorten(JSON.stringify(value) ?? 'nothing')
}

function shorten (text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`
}
