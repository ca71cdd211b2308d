/** One request of a probe. A HEAD or GET with `etag` asks for that version only. */
export type ProbeRequest =
  | { readonly operation: 'head-bucket' | 'get-cors', readonly bucket: string }
  | { readonly operation: 'list', readonly bucket: string, readonly prefix: string }
  | { readonly operation: 'head' | 'get', readonly bucket: string, readonly key: string, readonly etag?: string }
  | { readonly operation: 'put', readonly bucket: string, readonly key: string, readonly data: Uint8Array }

/** Conditions of a request. */
export interface ProbeOptions {
  readonly signal: AbortSignal
  /** Offers to pay for the request, as buckets with Requester Pays demand. */
  readonly paysRequest?: boolean
}

/** Rule of a bucket that allows pages of some origins to use it (CORS). */
export interface CorsRule {
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly exposedHeaders: readonly string[]
}

/** Outcome of a request, as the store and the network report it. */
export interface ProbeReply {
  readonly ok: boolean
  /** HTTP status of the last response; undefined if no response came. */
  readonly status: number | undefined
  /** Error code of the store, or of the connection if no response came. The store sends none for a failed HEAD. */
  readonly code: string | undefined
  /** Statuses of all responses until the outcome; more than one if the client had to repeat the request. */
  readonly statuses: readonly number[]
  /** Scheme, host and port that the request went to, or would have gone to. */
  readonly origin: string | undefined
  /** Region in which the store says the bucket is. */
  readonly region: string | undefined
  /** The largest difference between the store's clock and this machine's in any response, in milliseconds. */
  readonly skewMs: number | undefined
  /** Headers of the last response, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Objects of a listing, at most ten. */
  readonly objects: ReadonlyArray<{ readonly key: string, readonly bytes: number }>
  readonly corsRules: readonly CorsRule[]
}

/** Credentials that the client found, without their secret. */
export interface ProbedCredentials {
  readonly accessKeyId: string
  readonly expiration: Date | undefined
}

/** A setting that may be missing; `problem` is the client's own explanation. */
export type Found<T> = { readonly value: T } | { readonly problem: string }

/**
 * A port that looks at a store as an operator would: at its settings, and at the responses themselves instead of their
 * mapping to the errors of the catalogue.
 */
export interface StoreProbe {
  readRegion(): Promise<Found<string>>
  readCredentials(): Promise<Found<ProbedCredentials>>
  /** Sends one request. Rejects only with the reason of an aborted signal: a failed request is a reply. */
  ask(request: ProbeRequest, options: ProbeOptions): Promise<ProbeReply>
}
