import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { PICTURE_FORMATS, type PictureFormat } from '../options/formats.ts'
import type { ObjectLocation } from '../store/object-store.ts'
import type { CliContext } from './cli-context.ts'
import { usageError } from './option-flags.ts'
import type { SourceTask } from './run-on-source.ts'

/** The value of `-o` that means standard output. */
const STANDARD_OUTPUT = '-'

/** Formats by the extensions of their files, in lower case. */
const FORMAT_OF_EXTENSION: Readonly<Record<string, PictureFormat>> = Object.fromEntries(
  Object.entries(PICTURE_FORMATS).flatMap(([format, { extension }]) =>
    [format, extension].map((name) => [name, format as PictureFormat])
  )
)

/** The format of a picture as the command line states it. */
export interface FormatFlags<Format extends PictureFormat> {
  /** The value of `-o`. */
  readonly output: string | undefined
  /** The value of `--format`. */
  readonly format?: Format | undefined
  readonly allowed: readonly Format[]
}

/**
 * Returns the format that `-o` and `--format` state together; undefined if they state none. The extension of `-o`
 * overrides a preset.
 *
 * @throws PosterframeError `invalid_request` if they contradict each other, or if no format belongs to the extension
 */
export function chooseFormat<Format extends PictureFormat> (flags: FormatFlags<Format>): Format | undefined {
  const { output, format, allowed } = flags
  const extension = output === undefined || output === STANDARD_OUTPUT ? '' : extname(output).slice(1).toLowerCase()
  const named = FORMAT_OF_EXTENSION[extension]
  if (extension === '') return format
  const result = allowed.find((other) => other === named)
  if (result === undefined) {
    const extensions = allowed.map((other) => `.${PICTURE_FORMATS[other].extension}`).join(', ')
    throw usageError(`The extension of -o '${output}' is that of no format that this command writes. Use ${extensions}.`)
  }
  if (format !== undefined && FORMAT_OF_EXTENSION[format] !== result) {
    throw usageError(`-o '${output}' and --format ${format} contradict each other. Omit --format, or use the same format.`)
  }
  return result
}

/**
 * Checks that a file can be created at the path of `-o`, so that no work is done in vain.
 *
 * @throws PosterframeError `invalid_request` if its directory does not exist, or if the path is a directory
 */
export async function assertWritableFile (path: string | undefined): Promise<void> {
  if (path === undefined || path === STANDARD_OUTPUT) return
  if ((await stat(path).catch(() => undefined))?.isDirectory() === true) {
    throw usageError(`-o '${path}' is a directory. Use the name of a file in it.`)
  }
  const directory = dirname(path)
  if ((await stat(directory).catch(() => undefined))?.isDirectory() !== true) {
    throw usageError(`-o '${path}' cannot be written: there is no directory '${directory}'. Create it first.`)
  }
}

/** Writes an object of the store to a file or to standard output. */
export async function writeObject (
  { stdout }: Pick<CliContext, 'stdout'>,
  location: ObjectLocation,
  path: string,
  { service, signal }: Pick<SourceTask, 'service' | 'signal'>
): Promise<void> {
  const { body } = await service.store.get(location, { signal })
  if (path === STANDARD_OUTPUT) {
    stdout.write(await buffer(body))
    return
  }
  try {
    await pipeline(body, createWriteStream(path), { signal })
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    throw usageError(`-o '${path}' cannot be written (${code}). Use a file that this user may write.`)
  }
}

/**
 * Creates the directory of `-o`, if it is missing.
 *
 * @throws PosterframeError `invalid_request` if that is impossible
 */
export async function prepareDirectory (path: string | undefined): Promise<void> {
  if (path === undefined) return
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw usageError(`-o '${path}' cannot be created as a directory (${code}). Use the name of a directory.`)
  }
}

/** Writes objects of the store into a directory, under the given names. */
export async function writeObjects (
  cli: Pick<CliContext, 'stdout'>,
  objects: ReadonlyArray<ObjectLocation & { readonly name: string }>,
  directory: string,
  task: Pick<SourceTask, 'service' | 'signal'>
): Promise<void> {
  for (const { name, ...location } of objects) await writeObject(cli, location, join(directory, name), task)
}
