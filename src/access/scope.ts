import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../errors.ts'
import { hintAtKey, quoteKey } from '../options/key-hint.ts'

/** Permissions: `read` for GET, `write` for POST, `operate` for metrics and the details of readiness. */
export const VERBS = ['read', 'write', 'operate'] as const
/** One of {@link VERBS}. */
export type Verb = (typeof VERBS)[number]

/**
 * Schemas of the members of a scope, in the entry of an API key or in a claim of a token. A missing list of buckets or
 * prefixes allows all; missing verbs have a default.
 */
export const scopeProperties = {
  buckets: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 1000 })),
  // The slash at the end is required, since "tenant-1" is also a prefix of "tenant-10/...".
  prefixes: Type.Optional(Type.Array(Type.String({ pattern: '^([^/]+/)+$', maxLength: 1024 }), { maxItems: 1000 })),
  verbs: Type.Optional(Type.Array(Type.Enum(VERBS), { maxItems: VERBS.length }))
}

const ScopeSchema = Type.Object(scopeProperties, { additionalProperties: false })
const scopeValidator = Compile(ScopeSchema)

/** A scope in the configuration or in a token. */
export type WrittenScope = Static<typeof ScopeSchema>

/** A caller and its permissions. */
export interface Identity {
  /** Name of the caller in the log and for the rate limit; undefined: the IP address of the client. */
  readonly name: string | undefined
  readonly verbs: readonly Verb[]
  /** Buckets of sources; undefined: every bucket that the service allows. */
  readonly buckets: readonly string[] | undefined
  /** Prefixes that keys of sources must have one of, each with a slash at the end; undefined: any key. */
  readonly prefixes: readonly string[] | undefined
  /** True if the caller may only use the presets of the configuration. */
  readonly presetsOnly: boolean
  /** True for a caller without credentials of its own, to whom errors name nothing that it did not send. */
  readonly isAnonymous: boolean
}

/** Identity of every caller if the service does not authenticate callers. */
export const EVERYONE: Identity = {
  name: undefined,
  verbs: VERBS,
  buckets: undefined,
  prefixes: undefined,
  presetsOnly: false,
  isAnonymous: false
}

/** Returns `input` as a scope; undefined if it is malformed. */
export function readScope (input: unknown): WrittenScope | undefined {
  return scopeValidator.Check(input) ? input : undefined
}

/** Creates the identity of a scope; `verbs` is the default of its verbs. */
export function createIdentity (name: string | undefined, scope: WrittenScope, verbs: readonly Verb[]): Identity {
  return {
    name,
    verbs: scope.verbs ?? verbs,
    buckets: scope.buckets,
    prefixes: scope.prefixes,
    presetsOnly: false,
    isAnonymous: false
  }
}

/** Throws `forbidden_action` if the identity does not have the verb. */
export function authoriseVerb ({ verbs }: Identity, verb: Verb): void {
  if (!verbs.includes(verb)) {
    throw new PosterframeError('forbidden_action', {
      detail:
        `The request needs the verb "${verb}", which the credentials do not have. Use others, or ask the operator for it.`
    })
  }
}

/** The source of a request. */
export interface RequestedSource {
  readonly bucket: string
  readonly key: string
  /** True if the bucket is a default that the caller did not send, and may not learn. */
  readonly isDefaultBucket?: boolean
}

/**
 * Throws `forbidden_bucket` or `forbidden_key` if a source is outside the scope. Callers check this before they access
 * the store, so that the response does not reveal whether an object exists.
 */
export function authoriseSource (
  { buckets, prefixes }: Identity,
  { bucket, key, isDefaultBucket = false }: RequestedSource
): void {
  if (buckets !== undefined && !buckets.includes(bucket)) {
    throw forbiddenBucketError(isDefaultBucket ? undefined : bucket)
  }
  if (prefixes !== undefined && !prefixes.some((prefix) => key.startsWith(prefix))) throw forbiddenKeyError(key)
}

/**
 * Returns `forbidden_bucket`, with the same text for a bucket that the service does not read and one that is outside
 * the scope of the caller, so that the text does not reveal which buckets the service reads.
 *
 * @param bucket the name that the caller sent; undefined for the default bucket
 */
export function forbiddenBucketError (bucket: string | undefined): PosterframeError {
  const detail =
    bucket === undefined
      ? "These credentials do not allow the default bucket. Use others, or name a 'bucket' that they allow."
      : `The service or these credentials do not allow the bucket ${quoteKey(bucket)}. Use another one, or ask the ` +
        'operator to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  return new PosterframeError('forbidden_bucket', { detail })
}

/** Returns `forbidden_key`, with the same text for a prefix that the service does not read and a narrower scope. */
export function forbiddenKeyError (key: string): PosterframeError {
  const hint = hintAtKey(key) ?? 'Use a key with an allowed prefix, or ask the operator for access.'
  return new PosterframeError('forbidden_key', {
    detail: `The service or these credentials do not allow the key ${quoteKey(key)}. ${hint}`
  })
}
