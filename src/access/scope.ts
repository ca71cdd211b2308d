import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../errors.ts'

/** What may be done: `read` asks with GET, `write` with POST, `operate` sees metrics and the details of readiness. */
export const VERBS = ['read', 'write', 'operate'] as const
/** One of {@link VERBS}. */
export type Verb = (typeof VERBS)[number]

/**
 * How a scope is written, beside an API key or as a claim of a token. What is not said is not bounded, but for the
 * verbs.
 */
export const scopeProperties = {
  buckets: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 1000 })),
  // With the slash, since "tenant-1" would also be the beginning of "tenant-10/...".
  prefixes: Type.Optional(Type.Array(Type.String({ pattern: '^([^/]+/)+$', maxLength: 1024 }), { maxItems: 1000 })),
  verbs: Type.Optional(Type.Array(Type.Enum(VERBS), { maxItems: VERBS.length }))
}

const ScopeSchema = Type.Object(scopeProperties, { additionalProperties: false })
const scopeValidator = Compile(ScopeSchema)

/** A scope as it is written. */
export type WrittenScope = Static<typeof ScopeSchema>

/** Who asks, and what they may. */
export interface Identity {
  /** Names the caller in the log and in what is counted per caller; undefined: whoever is at that address. */
  readonly name: string | undefined
  readonly verbs: readonly Verb[]
  /** Buckets of the sources; undefined: every one that the service allows. */
  readonly buckets: readonly string[] | undefined
  /** What the keys of the sources begin with; undefined: anything. Each ends with a slash. */
  readonly prefixes: readonly string[] | undefined
  /** Whether nothing but the presets of the configuration may be asked for. */
  readonly presetsOnly: boolean
}

/** Whoever comes, where nobody is asked who they are. */
export const EVERYONE: Identity = {
  name: undefined,
  verbs: VERBS,
  buckets: undefined,
  prefixes: undefined,
  presetsOnly: false
}

/** The scope in `input`, which may be anything; undefined where it is none. */
export function readScope (input: unknown): WrittenScope | undefined {
  return scopeValidator.Check(input) ? input : undefined
}

/** The identity that a written scope gives to `name`; `verbs` where it says none. */
export function createIdentity (name: string | undefined, scope: WrittenScope, verbs: readonly Verb[]): Identity {
  return { name, verbs: scope.verbs ?? verbs, buckets: scope.buckets, prefixes: scope.prefixes, presetsOnly: false }
}

/** Throws `forbidden_action` where the verb is not among those of the identity. */
export function authoriseVerb ({ verbs }: Identity, verb: Verb): void {
  if (!verbs.includes(verb)) {
    throw new PosterframeError('forbidden_action', { detail: `This needs the verb "${verb}".` })
  }
}

/**
 * Throws `forbidden_bucket` or `forbidden_key` where the source lies outside of the scope. Asked before the store is,
 * so that the answer tells nothing of what is there.
 */
export function authoriseSource (
  { buckets, prefixes }: Identity,
  { bucket, key }: { readonly bucket: string, readonly key: string }
): void {
  if (buckets !== undefined && !buckets.includes(bucket)) throw new PosterframeError('forbidden_bucket')
  if (prefixes !== undefined && !prefixes.some((prefix) => key.startsWith(prefix))) {
    throw new PosterframeError('forbidden_key')
  }
}
