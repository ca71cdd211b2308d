import { createHash } from 'node:crypto'
import { isPosterframeError } from '../errors.ts'
import type { ObjectAddress, ObjectStore } from '../store/object-store.ts'
import { describeFailure } from '../thumbnails/stored/failure-record.ts'
import type { SourceChangeOutcome, HandleSourceChange } from '../thumbnails/use-cases/handle-source-change.ts'
import type { MakeContext } from '../thumbnails/thumbnail.ts'
import { readEvents } from './read-events.ts'

/** What one event of a message came to. */
export type HandledMessage = ObjectAddress & SourceChangeOutcome

/**
 * Does all that one message asks for. Resolves where it may be acknowledged, also where a source can never have a
 * picture, which stands in its failure record then. Rejects where it has to come again.
 */
export type HandleMessage = (message: unknown, context: MakeContext) => Promise<readonly HandledMessage[]>

/** What taking messages needs. */
export interface HandleMessageParts {
  readonly handleSourceChange: HandleSourceChange
  readonly store: ObjectStore
  readonly outputBucket: string
  readonly outputPrefix: string
}

/** Builds it. */
export function createHandleMessage ({
  handleSourceChange,
  store,
  outputBucket,
  outputPrefix
}: HandleMessageParts): HandleMessage {
  return async (message, context) => {
    const events = await read(message, context)
    const taken: HandledMessage[] = []
    for (const { kind, bucket, key } of events) {
      taken.push({ bucket, key, ...(await handleSourceChange({ kind, bucket, key }, context)) })
    }
    return taken
  }

  /** What is no event never becomes one: it is put aside, not to come again for ever, and not to be lost. */
  async function read (message: unknown, { signal, note }: MakeContext) {
    try {
      return readEvents(message)
    } catch (error) {
      if (!isPosterframeError(error)) throw error
      const text = typeof message === 'string' ? message : (JSON.stringify(message) ?? '')
      const key = `${outputPrefix}unreadable/${createHash('sha256').update(text).digest('hex')}.failed`
      await store.put(
        { bucket: outputBucket, key },
        Buffer.from(JSON.stringify({ ...describeFailure(error), message: text })),
        {
          signal,
          contentType: 'application/problem+json',
          cacheControl: 'no-cache',
          metadata: {}
        }
      )
      note?.(`a message is no event of S3, and was put aside: ${key}`)
      return []
    }
  }
}
