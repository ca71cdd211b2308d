import { buffer } from 'node:stream/consumers'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { ERROR_CATALOGUE, type ErrorCode, isPosterframeError } from '../errors.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { JOB_KINDS } from './job.ts'

/** The metadata name of a job; whatever bears a name that begins with `posterframe` is Posterframe's own output. */
export const JOB_NAME = 'posterframe-job'
/** A question is a JSON body, which is not longer than this. */
const MAX_RECORD_BYTES = 2 * 1024 * 1024

const RecordShape = Type.Object({
  version: Type.Literal(1),
  kind: Type.Enum(JOB_KINDS),
  body: Type.Record(Type.String(), Type.Unknown()),
  state: Type.Enum(['running', 'succeeded', 'failed']),
  createdAt: Type.String(),
  /** When its process was last known to be alive. */
  beatAt: Type.String(),
  failure: Type.Optional(
    Type.Object({
      code: Type.Enum(Object.keys(ERROR_CATALOGUE) as ErrorCode[]),
      detail: Type.Optional(Type.String()),
      members: Type.Record(Type.String(), Type.Unknown())
    })
  )
})

/**
 * The state of a job, as it is kept. Its caller is not in it: a content delivery network may serve the output prefix.
 */
export type JobRecord = Static<typeof RecordShape>

/** Where jobs are kept. */
export interface JobRecords {
  read(id: string, signal: AbortSignal): Promise<JobRecord | undefined>
  write(id: string, record: JobRecord, signal: AbortSignal): Promise<void>
}

/** Jobs as objects below the output prefix: `{prefix}jobs/{id}.json`. */
export function openJobRecords ({
  store,
  bucket,
  prefix
}: {
  readonly store: Pick<ObjectStore, 'get' | 'put'>
  readonly bucket: string
  readonly prefix: string
}): JobRecords {
  const addressOf = (id: string) => ({ bucket, key: `${prefix}jobs/${id}.json` })
  return {
    async read (id, signal) {
      try {
        const { bytes, metadata, body } = await store.get(addressOf(id), {
          signal,
          range: { start: 0, end: MAX_RECORD_BYTES + 1 }
        })
        const text = (await buffer(body)).toString()
        return bytes > MAX_RECORD_BYTES || metadata[JOB_NAME] === undefined ? undefined : readRecord(text)
      } catch (error) {
        if (isPosterframeError(error, 'source_not_found')) return undefined
        throw error
      }
    },

    async write (id, record, signal) {
      await store.put(addressOf(id), Buffer.from(JSON.stringify(record)), {
        signal,
        contentType: 'application/json',
        cacheControl: 'no-store',
        metadata: { [JOB_NAME]: JSON.stringify({ version: record.version }) }
      })
    }
  }
}

function readRecord (text: string): JobRecord | undefined {
  try {
    const record: unknown = JSON.parse(text)
    return Value.Check(RecordShape, record) ? record : undefined
  } catch {
    return undefined
  }
}
