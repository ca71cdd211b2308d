import { type ErrorCode, isPosterframeError, PosterframeError } from '../../errors.ts'
import type { ObjectAddress, ObjectHead, ObjectStore } from '../../store/object-store.ts'
import { describeFailure, putFailureRecord } from '../stored/failure-record.ts'
import { deleteDerivatives } from './delete-derivatives.ts'
import { putAlias } from '../stored/put-alias.ts'
import type { MakeBatch } from './make-batch.ts'
import type { NamedThumbnail } from '../../options/named-thumbnails.ts'
import { aliasKey, failureRecordKey } from '../stored/output-key.ts'
import { skipReasonOfHead, skipReasonOf, type SourceRules } from '../skip-source.ts'
import type { MakeContext, Thumbnail } from '../thumbnail.ts'

/** What happened to an object. */
export interface SourceChange extends ObjectAddress {
  readonly kind: 'created' | 'deleted'
}

/** What became of one named thumbnail; the message that is sent of it. */
export type Completion = { readonly name: string, readonly source: ObjectAddress } & (
  | { readonly alias: ObjectAddress, readonly thumbnail: Thumbnail }
  | {
    readonly record: ObjectAddress
    readonly problem: Readonly<Record<string, unknown>> & { readonly code: ErrorCode }
  }
)

/** Tells whoever waits for it. Rejects where it could not be told. */
export type PublishCompletion = (completion: Completion, signal: AbortSignal) => Promise<void>

/** What became of a change. */
export type SourceChangeOutcome =
  | { readonly kind: 'skipped', readonly reason: string }
  | { readonly kind: 'made', readonly completions: readonly Completion[] }
  | { readonly kind: 'forgotten', readonly objects: number }

/** Does what a change of a source asks for. */
export type HandleSourceChange = (change: SourceChange, context: MakeContext) => Promise<SourceChangeOutcome>

/** What following sources needs. */
export interface HandleSourceChangeParts extends SourceRules {
  readonly store: ObjectStore
  readonly makeBatch: MakeBatch
  readonly thumbnails: readonly NamedThumbnail[]
  readonly onSourceDeleted: 'keep' | 'delete'
  readonly publishCompletion: PublishCompletion | undefined
}

/** A source that is overwritten again while its thumbnails are made is begun anew; one that never rests goes back. */
const MAX_ROUNDS = 3

/**
 * Builds the use case: every source has its named thumbnails, each at an alias. What is done follows from what the
 * store holds now and not from the event, so that one that comes twice, late or out of order does no harm. A
 * permanent failure leaves a record at the alias and is no error; what may succeed later rejects, and wants to be
 * tried again.
 */
export function createHandleSourceChange (parts: HandleSourceChangeParts): HandleSourceChange {
  const { store, outputBucket, outputPrefix } = parts

  return async ({ kind, bucket, key }, context) => {
    const source = { bucket, key }
    const reason = skipReasonOf(source, parts)
    if (reason !== undefined) return { kind: 'skipped', reason }
    const head = await store.head(source, context)
    return head === undefined && kind === 'deleted'
      ? await forget(source, context)
      : await follow(source, head, context)
  }

  async function follow (
    source: ObjectAddress,
    found: ObjectHead | undefined,
    context: MakeContext
  ): Promise<SourceChangeOutcome> {
    let head = found
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (head === undefined) return { kind: 'skipped', reason: 'the object is gone' }
      const reason = skipReasonOfHead(head)
      if (reason !== undefined) return { kind: 'skipped', reason }
      const outcomes = await makeAll(source, context)
      const { etag } = head
      const completions = await Promise.all(
        outcomes.map(async (outcome, place) => await keep(source, etag, parts.thumbnails[place]!, outcome, context))
      )
      // What was written meanwhile has another event, which may be done already: then the alias must not stay with
      // what is older.
      head = await store.head(source, context)
      if (head?.etag !== etag) continue
      for (const completion of completions) await parts.publishCompletion?.(completion, context.signal)
      return { kind: 'made', completions }
    }
    throw new PosterframeError('source_changed')
  }

  /** All of them share one index, one plan of reads and the decoder; a failure of the source is one of each. */
  async function makeAll (
    source: ObjectAddress,
    context: MakeContext
  ): Promise<ReadonlyArray<Thumbnail | PosterframeError>> {
    try {
      const { batch } = await parts.makeBatch(
        { source: { kind: 'stored', ...source }, items: parts.thumbnails.map(({ options }) => options) },
        context
      )
      for (const outcome of batch.thumbnails) if (isPosterframeError(outcome) && !isPermanent(outcome)) throw outcome
      return batch.thumbnails
    } catch (error) {
      if (!isPosterframeError(error) || !isPermanent(error)) throw error
      return parts.thumbnails.map(() => error)
    }
  }

  async function keep (
    source: ObjectAddress,
    etag: string,
    { name, options: { format } }: NamedThumbnail,
    outcome: Thumbnail | PosterframeError,
    { signal }: MakeContext
  ): Promise<Completion> {
    const place = { prefix: outputPrefix, key: source.key, name }
    if (!isPosterframeError(outcome)) {
      const alias = { bucket: outputBucket, key: aliasKey({ ...place, format }) }
      await putAlias(store, alias, outcome, signal)
      return { name, source, alias, thumbnail: outcome }
    }
    const record = { bucket: outputBucket, key: failureRecordKey(place) }
    await putFailureRecord(store, record, outcome, { ...source, etag }, signal)
    return { name, source, record, problem: { ...describeFailure(outcome), code: outcome.code } }
  }

  async function forget (source: ObjectAddress, context: MakeContext): Promise<SourceChangeOutcome> {
    if (parts.onSourceDeleted === 'keep') {
      return { kind: 'skipped', reason: 'what was made of a deleted source is kept' }
    }
    const objects = await deleteDerivatives(
      store,
      {
        bucket: outputBucket,
        prefix: outputPrefix,
        key: source.key,
        aliases: parts.thumbnails.map(({ name }) => name)
      },
      context.signal
    )
    // It may have come back meanwhile, and what was made of it then is gone too.
    const head = await store.head(source, context)
    return head === undefined ? { kind: 'forgotten', objects } : await follow(source, head, context)
  }
}

/** Whether trying again cannot help. What the role may not is for the operator to mend, and then it can. */
function isPermanent (error: PosterframeError): boolean {
  return !error.retryable && error.code !== 'store_forbidden'
}
