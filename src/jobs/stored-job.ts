import Type, { type Static } from 'typebox'
import { ERROR_CATALOGUE, type ErrorCode } from '../errors.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { getJson } from '../store/stored-json.ts'
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
      const found = await getJson(store, addressOf(id), RecordShape, { maxBytes: MAX_RECORD_BYTES, signal })
      return found?.metadata[JOB_NAME] === undefined ? undefined : found.value
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
