import { type ErrorCode, isPosterframeError, PosterframeError } from '../../errors.ts'
import type { NamedThumbnail } from '../../options/named-thumbnails.ts'
import type { ObjectLocation, ObjectHead, ObjectStore } from '../../store/object-store.ts'
import { type SourceRules, skipReasonOf, skipReasonOfHead } from '../skip-source.ts'
import { aliasKey, derivativePrefixes, failureRecordKey } from '../stored/output-key.ts'
import { isOwnName } from '../stored/own-names.ts'
import { describeFailure, putFailureRecord } from '../stored/stored-failure.ts'
import { putAlias } from '../stored/stored-thumbnail.ts'
import type { MakeContext, Thumbnail } from '../thumbnail.ts'
import type { MakeBatch } from './make-batch.ts'

/** A change of an object that may be a source. */
export interface SourceChange extends ObjectLocation {
  readonly kind: 'created' | 'deleted'
}

/** Outcome of one named thumbnail; the completion event of it. */
export type Completion = { readonly name: string, readonly source: ObjectLocation } & (
  | { readonly alias: ObjectLocation, readonly thumbnail: Thumbnail }
  | {
    readonly record: ObjectLocation
    readonly problem: Readonly<Record<string, unknown>> & { readonly code: ErrorCode }
  }
)

/** Publishes a completion event. Rejects if publishing fails. */
export type PublishCompletion = (completion: Completion, signal: AbortSignal) => Promise<void>

/** Outcome of a change. */
export type SourceChangeOutcome =
  | { readonly kind: 'skipped', readonly reason: string }
  | { readonly kind: 'made', readonly completions: readonly Completion[] }
  | { readonly kind: 'deleted', readonly objects: number }

/** The use case behind events of S3: brings the derivatives of a source up to date. */
export type HandleSourceChange = (change: SourceChange, context: MakeContext) => Promise<SourceChangeOutcome>

/** Dependencies of {@link createHandleSourceChange}. */
export interface HandleSourceChangeParts extends SourceRules {
  readonly store: ObjectStore
  readonly makeBatch: MakeBatch
  readonly thumbnails: readonly NamedThumbnail[]
  readonly onSourceDeleted: 'keep' | 'delete'
  readonly publishCompletion: PublishCompletion | undefined
}

/** Attempts on a source that is overwritten while its thumbnails are made; after the last one the change is retried. */
const MAX_ATTEMPTS = 3

/**
 * Creates the use case that gives every source its named thumbnails, each at an alias, and deletes the derivatives of a
 * deleted source. It acts on what the store holds now and not on the event, so that events that come twice, late or out
 * of order do no harm. A permanent failure leaves a record beside the alias and is not an error; a failure that a retry
 * may solve rejects.
 */
export function createHandleSourceChange (parts: HandleSourceChangeParts): HandleSourceChange {
  const { store, outputBucket, outputPrefix, thumbnails } = parts

  return async ({ kind, bucket, key }, context) => {
    const source = { bucket, key }
    const reason = skipReasonOf(source, parts)
    if (reason !== undefined) return { kind: 'skipped', reason }
    const head = await store.head(source, context)
    return head === undefined && kind === 'deleted'
      ? await handleDeletion(source, context)
      : await makeThumbnails(source, head, context)
  }

  async function makeThumbnails (
    source: ObjectLocation,
    firstHead: ObjectHead | undefined,
    context: MakeContext
  ): Promise<SourceChangeOutcome> {
    let head = firstHead
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (head === undefined) return { kind: 'skipped', reason: 'the object no longer exists' }
      const reason = skipReasonOfHead(source.key, head)
      if (reason !== undefined) return { kind: 'skipped', reason }
      const outcomes = await makeAll(source, context)
      const { etag } = head
      const completions = await Promise.all(
        outcomes.map(async (outcome, place) => await putOutcome(source, etag, thumbnails[place]!, outcome, context))
      )
      // A version that was written meanwhile has its own event, which may have been handled already: the alias must not
      // keep the older version.
      head = await store.head(source, context)
      if (head?.etag !== etag) continue
      for (const completion of completions) await parts.publishCompletion?.(completion, context.signal)
      return { kind: 'made', completions }
    }
    throw new PosterframeError('source_changed')
  }

  /** Makes all thumbnails as one batch, which reads and decodes together; a failure of the source is one of each. */
  async function makeAll (
    source: ObjectLocation,
    context: MakeContext
  ): Promise<ReadonlyArray<Thumbnail | PosterframeError>> {
    try {
      const { batch } = await parts.makeBatch(
        { source: { kind: 'stored', ...source }, items: thumbnails.map(({ options }) => options) },
        context
      )
      for (const outcome of batch.thumbnails) if (isPosterframeError(outcome) && !isPermanent(outcome)) throw outcome
      return batch.thumbnails
    } catch (error) {
      if (!isPosterframeError(error) || !isPermanent(error)) throw error
      return thumbnails.map(() => error)
    }
  }

  async function putOutcome (
    source: ObjectLocation,
    etag: string,
    { name, options: { format } }: NamedThumbnail,
    outcome: Thumbnail | PosterframeError,
    { signal }: MakeContext
  ): Promise<Completion> {
    const target = { prefix: outputPrefix, key: source.key, name }
    if (!isPosterframeError(outcome)) {
      const alias = { bucket: outputBucket, key: aliasKey({ ...target, format }) }
      await putAlias(store, alias, outcome, signal)
      return { name, source, alias, thumbnail: outcome }
    }
    const record = { bucket: outputBucket, key: failureRecordKey(target) }
    await putFailureRecord(store, record, outcome, { ...source, etag }, signal)
    return { name, source, record, problem: { ...describeFailure(outcome), code: outcome.code } }
  }

  async function handleDeletion (source: ObjectLocation, context: MakeContext): Promise<SourceChangeOutcome> {
    if (parts.onSourceDeleted === 'keep') {
      return { kind: 'skipped', reason: 'the configuration keeps the derivatives of deleted sources' }
    }
    const objects = await deleteDerivatives(source.key, context.signal)
    // If the source was written again meanwhile, its new derivatives were deleted too.
    const head = await store.head(source, context)
    return head === undefined ? { kind: 'deleted', objects } : await makeThumbnails(source, head, context)
  }

  /** Deletes everything that was generated from a source, and no other object below its key. Returns their number. */
  async function deleteDerivatives (key: string, signal: AbortSignal): Promise<number> {
    const aliases = thumbnails.map(({ name }) => name)
    let count = 0
    for (const prefix of derivativePrefixes({ prefix: outputPrefix, key })) {
      for await (const object of store.list(outputBucket, { prefix, signal })) {
        if (!isOwnName(object.key.slice(prefix.length), aliases)) continue
        await store.delete({ bucket: outputBucket, key: object.key }, { signal })
        count++
      }
    }
    return count
  }
}

/** Returns whether a retry cannot help. Missing permissions are not permanent: the operator can add them. */
function isPermanent (error: PosterframeError): boolean {
  return !error.retryable && error.code !== 'store_forbidden'
}
