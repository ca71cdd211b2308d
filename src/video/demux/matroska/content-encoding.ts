import { promisify } from 'node:util'
import { inflate, inflateSync } from 'node:zlib'
import { listElements, mapElements, readUnsigned } from './ebml.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const inflateAsync = promisify(inflate)

/** The ids of RFC 9559, section 5.1.4.1.31. */
const ID = {
  encoding: 0x6240,
  scope: 0x5032,
  type: 0x5033,
  compression: 0x5034,
  algorithm: 0x4254,
  settings: 0x4255,
  encryption: 0x5035
} as const

/** How the frames of a track, and its private data, are stored. */
export interface ContentEncoding {
  /** `unsupported`: by another algorithm, or by several. */
  readonly kind: 'strip' | 'zlib' | 'unsupported'
  /** The bytes that all frames begin with and that are left out, for `strip`. */
  readonly prefix: Buffer
  readonly appliesToFrames: boolean
  readonly appliesToPrivate: boolean
}

/** A value of `ContentEncodingType`, and bits of `ContentEncodingScope`. */
const ENCRYPTION = 1
const FRAMES = 1
const PRIVATE = 2
const KINDS: Readonly<Record<number, ContentEncoding['kind']>> = { 0: 'zlib', 3: 'strip' }
const MAX_PRIVATE_BYTES = 1024 * 1024
/** Limit of one frame, which an intra frame of 8K does not reach. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024

/** Reads the body of `ContentEncodings`. Returns undefined if the track is not encoded. */
export function readContentEncodings (body: Buffer | undefined): {
  readonly encoding: ContentEncoding | undefined
  readonly isEncrypted: boolean
} {
  const encodings = listElements(body ?? Buffer.alloc(0))
    .filter(({ id }) => id === ID.encoding)
    .map((element) => mapElements(element.body))
  const [first] = encodings
  if (first === undefined) return { encoding: undefined, isEncrypted: false }
  const isEncrypted = encodings.some(
    (encoding) => encoding.has(ID.encryption) || readUnsigned(encoding.get(ID.type), 0) === ENCRYPTION
  )
  const compression = mapElements(first.get(ID.compression) ?? Buffer.alloc(0))
  const scope = readUnsigned(first.get(ID.scope), FRAMES)
  const kind = encodings.length > 1 || isEncrypted ? undefined : KINDS[readUnsigned(compression.get(ID.algorithm), 0)]
  return {
    isEncrypted,
    encoding: {
      kind: kind ?? 'unsupported',
      prefix: Buffer.from(compression.get(ID.settings) ?? Buffer.alloc(0)),
      appliesToFrames: (scope & FRAMES) !== 0,
      appliesToPrivate: (scope & PRIVATE) !== 0
    }
  }
}

/**
 * Decodes the private data of a track.
 *
 * @throws RangedExtractionError if it is damaged, or more than 1 MiB
 */
export function decodePrivate (encoding: ContentEncoding | undefined, data: Buffer): Buffer {
  if (encoding?.appliesToPrivate !== true || data.length === 0) return data
  if (encoding.kind === 'strip') return Buffer.concat([encoding.prefix, data])
  try {
    return encoding.kind === 'zlib' ? inflateSync(data, { maxOutputLength: MAX_PRIVATE_BYTES }) : data
  } catch (error) {
    throw inflationError(error)
  }
}

/**
 * Decodes a frame of a track.
 *
 * @throws RangedExtractionError if it is damaged, or more than 64 MiB
 */
export async function decodeFrame (encoding: ContentEncoding | undefined, data: Buffer): Promise<Buffer> {
  if (encoding?.appliesToFrames !== true) return data
  if (encoding.kind === 'strip') return Buffer.concat([encoding.prefix, data])
  if (encoding.kind === 'unsupported') throw new RangedExtractionError('the blocks are compressed in an unusual way')
  try {
    return await inflateAsync(data, { maxOutputLength: MAX_FRAME_BYTES })
  } catch (error) {
    throw inflationError(error)
  }
}

function inflationError (cause: unknown): RangedExtractionError {
  return new RangedExtractionError('a compressed part of the file cannot be inflated', { cause })
}
