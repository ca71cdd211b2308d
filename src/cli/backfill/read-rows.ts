import { parse } from 'csv-parse'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { PosterframeError } from '../../errors.ts'

/** A row of a CSV file (RFC 4180), and where it stands. */
export interface Row {
  readonly fields: readonly string[]
  /** Counted from 1. */
  readonly line: number
}

/** The rows of a CSV file, compressed by gzip where its bytes say so. Throws `invalid_request` for what is none. */
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
      detail: `${path} is no CSV file: ${(error as Error).message}.`,
      cause: error
    })
  }
}

/** The lines of a text that have something in them. */
export async function * readLines (path: string): AsyncGenerator<{ readonly text: string, readonly line: number }> {
  let line = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line += 1
    if (text.trim() !== '') yield { text: text.trim(), line }
  }
}

/** The first bytes of a file. */
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
 * A key as S3 writes it into lists: a blank is a plus there, and a plus `%2B`.
 *
 * @throws PosterframeError `invalid_request` where it is not so encoded
 */
export function decodeKey (text: string, place: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    throw new PosterframeError('invalid_request', {
      detail: `${place} has a key that is not URL-encoded.`,
      cause: error
    })
  }
}
