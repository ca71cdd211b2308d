import { createHash } from 'node:crypto'
import { isPosterframeError } from '../errors.ts'
import type { ObjectAddress, ObjectStore } from '../storage/object-store.ts'
import { describeFailure } from '../thumbnails/failure-record.ts'
import type { Followed, FollowSource } from '../thumbnails/follow-source.ts'
import type { MakeContext } from '../thumbnails/thumbnail.ts'
import { readEvents } from './read-events.ts'

/** What one event of a message came to. */
export type Taken = ObjectAddress & Followed

/**
 * Does all that one message asks for. Resolves where it may be acknowledged, also where a source can never have a picture, which stands in
 * its failure record then. Rejects where it has to come again.
 */
export type TakeMessage = (message: unknown, context: MakeContext) => Promise<readonly Taken[]>

/** What taking messages needs. */
export interface TakeMessageParts {
  readonly followSource: FollowSource
  readonly store: ObjectStore
  readonly outputBucket: string
  readonly outputPrefix: string
}

/** Builds it. */
export function createTakeMessage ({ followSource, store, outputBucket, outputPrefix }: TakeMessageParts): TakeMessage {
  return async (message, context) => {
    const events = await read(message, context)
    const taken: Taken[] = []
    for (const { kind, bucket, key } of events) taken.push({ bucket, key, ...await followSource({ kind, bucket, key }, context) })
    return taken
  }

  /** What is no event never becomes one: it is put aside, not to come again for ever, and not to be lost. */
  async function read (message: unknown, { signal, note }: MakeContext) {
    try {
      return readEvents(message)
    } catch (error) {
      if (!isPosterframeError(error)) throw error
      const text = typeof message === 'string' ? message : JSON.stringify(message) ?? ''
      const key = `${outputPrefix}unreadable/${createHash('sha256').update(text).digest('hex')}.failed`
      await store.put({ bucket: outputBucket, key }, Buffer.from(JSON.stringify({ ...describeFailure(error), message: text })), {
        signal, contentType: 'application/problem+json', cacheControl: 'no-cache', metadata: {}
      })
      note?.(`a message is no event of S3, and was put aside: ${key}`)
      return []
    }
  }
}
