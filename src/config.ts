/** Where the service runs and what it may do; read once, checked together, frozen. README lists the variables. */
export interface Config {
  readonly store: 's3' | 'local'
  readonly outputBucket: string
  /** Ends with a slash, or is empty. */
  readonly outputPrefix: string
  /** The allow-list; the first is the default bucket. Never empty. */
  readonly sourceBuckets: readonly [string, ...string[]]
  readonly localDir: string
  readonly s3ForcePathStyle: boolean
  readonly host: string
  readonly port: number
  /** Base of the local store's signed URLs, without a slash at the end; undefined: the address listened on (loopback only). */
  readonly publicUrl: string | undefined
  readonly scratchDir: string
  readonly maxUploadBytes: number
  readonly maxSourceBytes: number
  readonly maxPixels: number
  readonly timeoutMs: number
  readonly slots: number
  /** How many may wait for a slot, in all. */
  readonly queue: number
  readonly auth: 'none'
  readonly ffmpegPath: string | undefined
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}
