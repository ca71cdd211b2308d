import { parse } from 'csv-parse'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { PosterframeError } from '../../errors.ts'

/** A row of a CSV file (RFC 4180) and the number of its line. */
export interface Row {
  readonly fields: readonly string[]
  /** Number of the line, starting at 1. */
  readonly line: number
}

/**
 * Reads the rows of a CSV file. A file that starts with the magic number of gzip is decompressed.
 *
 * @throws PosterframeError `invalid_request` if it is not a CSV file
 */
export async function * readRows (path: string): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n'],
    skip_empty_lines: true,
    info: true
  })
  const file = createReadStream(path)
  const steps = (await isCompressed(path)) ? [file, createGunzip(), parser] : [file, parser]
  pipeline(steps, () => {})
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[], info: { lines: number } }>) {
      yield { fields: record, line: info.lines }
    }
  } catch (error) {
    throw new PosterframeError('invalid_request', {
      detail: `'${path}' is not a CSV file: ${(error as Error).message}.`,
      cause: error
    })
  }
}

/** Reads the lines of a text file that are not blank, without leading and trailing white space. */
export async function * readLines (path: string): AsyncGenerator<{ readonly text: string, readonly line: number }> {
  let line = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line += 1
    if (text.trim() !== '') yield { text: text.trim(), line }
  }
}

/** Reads the first bytes of a file: fewer than `bytes` if the file is shorter. */
export async function readStart (path: string, bytes: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function isCompressed (path: string): Promise<boolean> {
  const [first, second] = await readStart(path, 2)
  return first === 0x1f && second === 0x8b
}

/**
 * Decodes a key as S3 encodes it in lists: a space is `+`, and a plus is `%2B`.
 *
 * @param location the file and line, for the error
 * @throws PosterframeError `invalid_request` if it is not so encoded
 */
export function decodeKey (text: string, location: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    throw new PosterframeError('invalid_request', {
      detail: `${location}: the key '${text}' is not URL-encoded.`,
      cause: error
    })
  }
}
