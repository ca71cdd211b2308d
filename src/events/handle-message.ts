import { createHash } from 'node:crypto'
import { isPosterframeError } from '../errors.ts'
import type { ObjectLocation, ObjectStore } from '../store/object-store.ts'
import { describeFailure } from '../thumbnails/stored/stored-failure.ts'
import type { MakeContext } from '../thumbnails/thumbnail.ts'
import type { HandleSourceChange, SourceChangeOutcome } from '../thumbnails/use-cases/handle-source-change.ts'
import { readEvents, type SourceEvent } from './read-events.ts'

/** Outcome of one event of a message. */
export type HandledMessage = ObjectLocation & SourceChangeOutcome

/**
 * Handles all events of one message. Resolves if the message can be acknowledged, which includes sources that can never
 * have a thumbnail: their failure records say why. Rejects if the message must be delivered again.
 */
export type HandleMessage = (message: unknown, context: MakeContext) => Promise<readonly HandledMessage[]>

/** Dependencies of {@link createHandleMessage}. */
export interface HandleMessageParts {
  readonly handleSourceChange: HandleSourceChange
  readonly store: ObjectStore
  readonly outputBucket: string
  readonly outputPrefix: string
}

/** Creates the function that handles one message of S3, from whatever service it came. */
export function createHandleMessage ({
  handleSourceChange,
  store,
  outputBucket,
  outputPrefix
}: HandleMessageParts): HandleMessage {
  return async (message, context) => {
    const events = await readOrStore(message, context)
    const outcomes: HandledMessage[] = []
    for (const { kind, bucket, key } of events) {
      outcomes.push({ bucket, key, ...(await handleSourceChange({ kind, bucket, key }, context)) })
    }
    return outcomes
  }

  /** Stores a message that is not an event of S3: a redelivery could not help, and the message must not be lost. */
  async function readOrStore (message: unknown, { signal, note }: MakeContext): Promise<readonly SourceEvent[]> {
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
      note?.(`unreadable message stored at ${key}`)
      return []
    }
  }
}

/** Returns the log fields of an outcome. Excludes the presigned URL, which is a credential. */
export function describeOutcome (outcome: HandledMessage): Readonly<Record<string, unknown>> {
  const { bucket, key } = outcome
  switch (outcome.kind) {
    case 'skipped':
      return { bucket, key, reason: outcome.reason }
    case 'deleted':
      return { bucket, key, objects: outcome.objects }
    case 'made': {
      const entries = outcome.completions.map((completion) => [
        completion.name,
        'problem' in completion ? completion.problem.code : completion.thumbnail.key
      ])
      return { bucket, key, thumbnails: Object.fromEntries(entries) as Record<string, string> }
    }
  }
}
