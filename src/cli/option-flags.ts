import { InvalidArgumentError, Option, type Command } from 'commander'
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { createBodyCheck } from '../input/check-input.ts'
import { PosterframeError } from '../errors.ts'

/** The parts of an option's schema that its flag is derived from. */
interface OptionSchema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
}

/** Placeholders for option values in the help. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  timestamp: 'time',
  interval: 'time',
  width: 'pixels',
  height: 'pixels',
  quality: 'number',
  columns: 'number',
  expires: 'seconds',
  start: 'seconds',
  duration: 'seconds',
  framesPerSecond: 'number',
  maxBytes: 'bytes',
  background: 'rrggbb',
  preset: 'name'
}

/** Adds a flag to a command for each option of the API, with the same name, range and description. */
export function addOptions (command: Command, schemas: Readonly<Record<string, TSchema>>): Command {
  for (const [name, schema] of Object.entries(schemas)) command.addOption(createOption(name, schema))
  return command
}

/**
 * Picks the options of a use case from the flags of a command.
 *
 * @throws PosterframeError `invalid_request` if an option does not match its schema
 */
export function pickOptions<Schemas extends TProperties> (
  flags: Readonly<Record<string, unknown>>,
  schemas: Schemas
): Static<TObject<Schemas>> {
  const picked = Object.fromEntries(Object.entries(flags).filter(([name]) => Object.hasOwn(schemas, name)))
  const checked = createBodyCheck(Type.Object(schemas, { additionalProperties: false }))(picked)
  if ('error' in checked) throw checked.error
  return checked.value
}

function createOption (name: string, schema: OptionSchema): Option {
  const isBoolean = schema.type === 'boolean'
  const placeholder = PLACEHOLDERS[name] ?? (schema.enum === undefined ? name : 'choice')
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  const option = new Option(isBoolean ? flag : `${flag} <${placeholder}>`, formatOptionHelp(schema))
  if (schema.enum !== undefined) option.choices(schema.enum).argParser(readChoice(schema.enum))
  if (schema.type === 'integer') option.argParser(readInteger(schema))
  if (schema.type === 'number') option.argParser(readNumber(schema))
  return option
}

function formatOptionHelp ({ description = '', minimum, maximum, default: defaultValue, type }: OptionSchema): string {
  const notes: string[] = []
  if (minimum !== undefined && maximum !== undefined) notes.push(`${minimum} to ${maximum}`)
  if (defaultValue !== undefined && type !== 'boolean') notes.push(`default: ${JSON.stringify(defaultValue)}`)
  // Only a URL needs the other spellings of a percentage.
  const text = description.replaceAll('`', '').replace(/50pct \(or 50%[^)]*\)/, '50%')
  return notes.length > 0 ? `${text} (${notes.join('; ')})` : text
}

/** Returns a parser of choices. Like the API, it accepts any case, and blanks around it. */
function readChoice (choices: readonly string[]): (text: string) => string {
  return (text) => {
    const choice = text.trim().toLowerCase()
    if (choices.includes(choice)) return choice
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
  }
}

/** Returns a parser of decimal integers within a range. Like the API, it rejects every other notation. */
function readInteger ({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: OptionSchema): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
    if (value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(`Use a whole number from ${minimum} to ${maximum}.`)
  }
}

/** Returns a parser of decimal numbers within a range. */
function readNumber ({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: OptionSchema): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : NaN
    if (value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(`Use a number from ${minimum} to ${maximum}.`)
  }
}

/** Returns an `argParser` for whole numbers from `minimum` to `maximum`, both included. */
export function readCount (minimum: number, maximum: number): (text: string) => number {
  return readInteger({ minimum, maximum })
}

/** Returns an `invalid_request` error about the command line. */
export function usageError (detail: string): PosterframeError {
  return new PosterframeError('invalid_request', { detail })
}
