import Type from 'typebox'
import { ERROR_CATALOGUE } from '../../errors.ts'
import type { ErrorCode } from '../../errors.ts'
import type { VideoInfo } from '../../video/media/frame.ts'
import { parseJson } from '../../store/stored-json.ts'
import type { Warning } from '../../telemetry/work.ts'

/** What a hit must answer, kept as metadata on the thumbnail itself, so that nothing needs a database. */
export interface ObjectMetadata {
  /** Pixels of the thumbnail. */
  readonly width: number
  readonly height: number
  /** Presentation time of the frame, in seconds, rounded up to the microsecond. */
  readonly timestamp: number
  readonly keyFrame: boolean
  /** ThumbHash in base64. */
  readonly placeholder: string
  readonly warnings: readonly Warning[]
  readonly source: VideoInfo & { readonly etag: string, readonly bytes: number }
}

/** A permanent failure of a source, remembered so that a bad file is not fetched again at every request. */
export interface StoredFailure {
  readonly code: ErrorCode
  readonly detail: string | undefined
  /** Extra members of the problem document; JSON values only. */
  readonly members: Readonly<Record<string, unknown>>
  /** RFC 3339. */
  readonly failedAt: string
}

/** The metadata name of {@link ObjectMetadata}; an object that bears it is Posterframe's own output. */
export const METADATA_NAME = 'posterframe'
/** The metadata name of {@link StoredFailure}. */
export const FAILURE_NAME = 'posterframe-failure'

/** S3 takes 2 KB of user metadata in all; the rest is left for the operator's own. */
const MAX_VALUE_BYTES = 1400
/** Rises when the shapes below change, so that an older object counts as not there instead of half understood. */
const SHAPE_VERSION = 1

const Count = Type.Integer({ minimum: 0 })
const strictly = { additionalProperties: false }
const FactsShape = Type.Object(
  {
    version: Type.Literal(SHAPE_VERSION),
    width: Count,
    height: Count,
    timestamp: Type.Number({ minimum: 0 }),
    keyFrame: Type.Boolean(),
    placeholder: Type.String(),
    warnings: Type.Array(Type.Object({ code: Type.String(), detail: Type.String() }, strictly)),
    source: Type.Object(
      {
        duration: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
        container: Type.String(),
        codec: Type.String(),
        width: Count,
        height: Count,
        rotation: Type.Number(),
        hdr: Type.Boolean(),
        etag: Type.String(),
        bytes: Count
      },
      strictly
    )
  },
  strictly
)
const FailureShape = Type.Object(
  {
    version: Type.Literal(SHAPE_VERSION),
    code: Type.String(),
    detail: Type.Optional(Type.String()),
    members: Type.Record(Type.String(), Type.Unknown()),
    failedAt: Type.String()
  },
  strictly
)

/**
 * Facts as object metadata: one ASCII value of at most 1,400 bytes. Warnings that do not fit are left out, last
 * first.
 */
export function encodeMetadata (info: ObjectMetadata): Record<string, string> {
  const warnings = [...info.warnings]
  let value = encodeValue({ ...info, warnings })
  while (value.length > MAX_VALUE_BYTES && warnings.length > 0) {
    warnings.pop()
    value = encodeValue({ ...info, warnings })
  }
  if (value.length > MAX_VALUE_BYTES) throw new RangeError('The facts of a thumbnail do not fit into its metadata')
  return { [METADATA_NAME]: value }
}

/**
 * Reads what {@link encodeMetadata} wrote; `undefined` where it is absent, foreign or of another shape. Never throws.
 */
export function decodeMetadata (metadata: Readonly<Record<string, string>>): ObjectMetadata | undefined {
  const decoded = parseJson(metadata[METADATA_NAME], FactsShape)
  if (decoded === undefined) return undefined
  const { version, ...info } = decoded
  return info
}

/**
 * A failure as object metadata: one ASCII value of at most 1,400 bytes. What does not fit is left out: members, then
 * detail.
 */
export function encodeFailure (failure: StoredFailure): Record<string, string> {
  const { code, detail, members, failedAt } = failure
  const smallest = { code, failedAt, members: {} }
  const candidates = [
    { ...smallest, detail, members },
    { ...smallest, detail }
  ].map(encodeValue)
  const fitting = candidates.find((value) => value.length <= MAX_VALUE_BYTES)
  return { [FAILURE_NAME]: fitting ?? encodeValue(smallest) }
}

/**
 * Reads what {@link encodeFailure} wrote; `undefined` where it is absent, foreign or of another shape. Never throws.
 */
export function decodeFailure (metadata: Readonly<Record<string, string>>): StoredFailure | undefined {
  const decoded = parseJson(metadata[FAILURE_NAME], FailureShape)
  if (decoded === undefined || !isErrorCode(decoded.code)) return undefined
  if (Number.isNaN(Date.parse(decoded.failedAt))) return undefined
  return { code: decoded.code, detail: decoded.detail, members: decoded.members, failedAt: decoded.failedAt }
}

function isErrorCode (code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code)
}

function encodeValue (value: object): string {
  return (
    JSON.stringify({ version: SHAPE_VERSION, ...value })
      .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      // Signature Version 4 folds runs of spaces in a header; only within JSON's strings do they occur here.
      .replace(/ (?= )/g, '\\u0020')
  )
}
